//! The plan as Markdown and HTML, as a browser or GitHub would interpret it, whatever names a repository uses.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use takk::ui::{plan_html, plan_markdown};
use takk_model::{Held, Holdings};
use takk_plan::plan_all;
use takk_project::config::Home;
use takk_project::ops::plan::{PlanAnswer, plan};
use takk_project::ops::project::{ProjectOptions, read};
use tempfile::TempDir;

use crate::process::takk;
use crate::python::{run, venv};
use crate::sample;

const PACKAGES: &[&str] = &["html5lib==1.1", "cmarkgfm==2025.10.22"];

/// All elements that takk's pages use.
const PAGE: &str = "body caption code col colgroup dd div dl dt footer h1 h2 head header html input label link main meta p path pre \
                    circle section span strong style svg symbol table tbody td th thead title tr use wbr";

/// All elements that GitHub generates from takk's Markdown.
const MARKDOWN: &str = "br code details h1 h2 h3 p pre span strong summary table tbody td th thead tr";

/// A project with hostile names, descriptions and defaults.
const HOSTILE: &str = r#"
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from takk import FastAPIApp, Project


class Settings(BaseSettings):
    plain: str = Field(validation_alias='"><script>alert(1)</script>', description="<script>alert(2)</script> & <b>bold</b>")
    bars: str = Field("a | b \\| c", description="one | two \\| three\n\n| four |\n# five")
    ticks: str = Field("`x` ``y`` |`", description="a `b ``c`` d` </code></td> `|`")
    github: int = Field(description="@octocat please see #12 and https://evil.example/?x=1 www.evil.example a@b.example $x$ ~~no~~")
    turned: str = Field("abc\u202edef\u2066", description="safe \u202e txet \x1b[31m \u200b end")
    links: str = Field("[a](javascript:alert(3))", description="![i](https://evil.example/p.png) <https://evil.example> [l]: /x")
    token: SecretStr = SecretStr("hunter2-hunter2")
    url: str = "</style><img src=x onerror=alert(4)>"


project = Project(name="<img src=x onerror=alert(5)>|`@octocat`", api=FastAPIApp(
    "app", settings=[Settings], description="*</table>* | \u202e<script>", domain_names=["\"><svg onload=alert(6)>"]))
"#;

fn hostile() -> TempDir {
    let project = tempfile::tempdir().expect("a temporary directory can be made");
    fs::write(project.path().join("<b>`x|y`@octocat.py"), HOSTILE).expect("written");
    fs::write(project.path().join("broken <i>|`.py"), "class X(BaseSettings:\n").expect("written");
    project
}

fn answer(path: &Path) -> PlanAnswer {
    let project = read(&ProjectOptions { path: path.to_owned(), ..ProjectOptions::default() }).expect("read");
    plan(&mut sample::nothing_kept(&Home::none()), &project, &[]).expect("planned")
}

fn markdown(answer: &PlanAnswer) -> String {
    plan_markdown::render(&answer.plan, &answer.findings, false)
}

fn html(answer: &PlanAnswer) -> String {
    plan_html::render(&answer.plan, &answer.findings).expect("a page")
}

/// The parsed content: elements, attributes, text.
fn understood(text: &str, extension: &str) -> Value {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let file = directory.path().join("page").with_extension(extension);
    fs::write(&file, text).expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages.py");
    let said = run(Command::new(venv(PACKAGES).join("bin/python")).arg(script).arg(file));
    serde_json::from_str(&said).expect("JSON")
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|word| word.as_str().expect("a word")).collect()
}

/// Checks that there are only takk's own elements and attributes, and that all hostile texts appear as text.
fn assert_inert(found: &Value, known: &str, attributes: &[&str], texts: &[&str]) {
    let known: Vec<&str> = known.split(' ').collect();
    for element in words(&found["elements"]) {
        assert!(known.contains(&element), "<{element}>");
    }
    for attribute in words(&found["attributes"]) {
        let name = attribute.split(' ').next_back().expect("a name");
        assert!(attributes.contains(&name), "{attribute}");
    }
    let text = found["text"].as_str().expect("text").split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{200b}', "");
    for expected in texts {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

/// What both formats show of the hostile project.
const SHOWN: [&str; 9] = [
    r#""><SCRIPT>ALERT(1)</SCRIPT>"#,
    r#"str = "a | b \\| c""#,
    r#"str = "`x` ``y`` |`""#,
    r#"str = "abc\u202edef\u2066""#,
    r#"str = "[a](javascript:alert(3))""#,
    r#"str = "</style><img src=x onerror=alert(4)>""#,
    "<img src=x onerror=alert(5)>|`@octocat`",
    r#""><svg onload=alert(6)>"#,
    "<b>`x|y`@octocat.py:",
];

const ATTRIBUTES: [&str; 27] = [
    "aria-hidden",
    "aria-labelledby",
    "charset",
    "class",
    "colspan",
    "content",
    "cx",
    "cy",
    "d",
    "data-label",
    "fill",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "r",
    "rel",
    "role",
    "scope",
    "stroke",
    "stroke-dasharray",
    "stroke-width",
    "style",
    "tabindex",
    "type",
    "viewBox",
];

#[test]
fn the_shop_in_markdown() {
    insta::assert_snapshot!(markdown(&answer(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"))));
}

#[test]
fn the_shop_as_a_page() {
    insta::assert_snapshot!(html(&answer(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"))));
}

#[test]
fn a_hostile_project_in_markdown_is_text() {
    let text = markdown(&answer(hostile().path()));
    let found = understood(&text, "md");
    // A link would be an `a` element; a mention needs a letter after its sign, outside of code.
    assert_inert(&found, MARKDOWN, &[], &SHOWN);
    assert!(!text.contains("hunter2"), "{text}");
    assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_hostile_project_as_a_page_is_text() {
    let text = html(&answer(hostile().path()));
    let found = understood(&text, "html");
    assert_inert(&found, PAGE, &ATTRIBUTES, &SHOWN);
    let described =
        ["<script>alert(2)</script> & <b>bold</b>", r"safe \u202e txet \x1b[31m \u200b end", "@octocat please see #12"];
    assert_inert(&found, PAGE, &ATTRIBUTES, &described);
    assert!(!text.contains("hunter2"), "{text}");
    assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn every_page_is_right_and_loads_nothing() {
    let findings = plan(&mut sample::nothing_kept(&Home::none()), &sample::shop(), &[]).expect("planned").findings;
    let manifests = [sample::manifest(), sample::nothing(0), sample::nothing(31)];
    for manifest in manifests {
        let plan = plan_all(&manifest, &sample::environments(), &Holdings::default());
        let page = plan_html::render(&plan, &findings).expect("a page");
        assert_inert(&understood(&page, "html"), PAGE, &ATTRIBUTES, &[&manifest.project.name]);
        for loading in ["src=", "url(", "@import", "<script", "href=\"http"] {
            assert!(!page.contains(loading), "{loading}");
        }
        let markdown = plan_markdown::render(&plan, &findings, false);
        assert_inert(&understood(&markdown, "md"), MARKDOWN, &["class"], &[&manifest.project.name]);
    }
}

#[test]
fn what_is_stored_is_said_by_name_and_version() {
    let held = |name: &str, version| Held {
        name: name.to_owned(),
        version,
        set_at: 1_700_000_000_000,
        fingerprint: b"fingerprint".to_vec(),
        origin: "generated".to_owned(),
        author: "ada|<b>".to_owned(),
    };
    let environments = sample::environments();
    let mut holdings = Holdings::default();
    holdings.add(environments[1].name.clone(), vec![held("STRIPE_KEY", 3), held("REPORT_URI", 1)]);
    let plan = plan_all(&sample::manifest(), &environments, &holdings);
    let said =
        ["version 3, generated by ada|<b>", "REPORT_URI", "version 1, generated by ada|<b>", "perhaps renamed to REPORT_URL"];
    let page = plan_html::render(&plan, &[]).expect("a page");
    assert_inert(&understood(&page, "html"), PAGE, &ATTRIBUTES, &said);
    let markdown = plan_markdown::render(&plan, &[], false);
    assert_inert(&understood(&markdown, "md"), MARKDOWN, &[], &said);
    assert!(!page.contains("fingerprint") && !markdown.contains("fingerprint"));
}

#[test]
fn what_is_missing_comes_first() {
    let answer = answer(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"));
    let text = markdown(&answer);
    let (open, folded) = text.split_once("<details>").expect("the rest is folded");
    assert_eq!(open.matches("| **missing** |").count(), 25);
    assert_eq!(folded.matches("| **missing** |").count(), 0);
    assert!(!plan_markdown::render(&answer.plan, &answer.findings, true).contains("<details>"));
}

#[test]
fn the_command_writes_each_form_the_same_twice() {
    let project = hostile();
    for (format, begin) in [("markdown", "# Plan of <code>"), ("html", "<!doctype html>")] {
        let first = takk(project.path(), &["plan", "--quiet", "--format", format]);
        assert!(first.out.starts_with(begin), "{}", first.out);
        assert_eq!(first.out, takk(project.path(), &["plan", "--quiet", "--format", format]).out);
    }
}
