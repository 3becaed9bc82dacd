//! The XML of `JUnit`, which most CI servers show as a test report: one failed test per item.

use super::report::Item;
use takk_model::Severity;
use takk_model::visible::visible;

/// A test suite. Without items, it contains one passed test, because some servers treat an empty suite as an error. Proposals are passed
/// tests with output.
pub fn render(items: &[Item]) -> String {
    let failures = items.iter().filter(|item| item.severity != Severity::Info).count();
    let tests = items.len().max(1);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    xml.push_str(&format!("<testsuites name=\"takk\" {counts}>\n"));
    xml.push_str(&format!("  <testsuite name=\"takk check\" {counts}>\n"));
    if items.is_empty() {
        xml.push_str("    <testcase name=\"takk check\" classname=\"takk\"/>\n");
    }
    for item in items {
        xml.push_str(&case(item));
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

fn case(item: &Item) -> String {
    let place = item.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    let class = item.place.as_ref().map_or("takk", |place| place.file.as_str());
    let name = format!("{} {}", item.id, item.message);
    let help = item.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let body = escaped(&format!("{place}{}: {}{help}", item.id, item.message));
    let outcome = match item.severity {
        Severity::Info => format!("<system-out>{body}</system-out>"),
        Severity::Error | Severity::Warning => {
            let kind = if item.severity == Severity::Error { "error" } else { "warning" };
            format!("<failure type=\"{kind}\" message=\"{}\">{body}</failure>", escaped(&item.message))
        }
    };
    format!("    <testcase name=\"{}\" classname=\"{}\">\n      {outcome}\n    </testcase>\n", escaped(&name), escaped(class))
}

/// Text for an element or an attribute. Invisible characters are written as Python escapes: XML 1.0 cannot represent all of them, and
/// people read the report.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
