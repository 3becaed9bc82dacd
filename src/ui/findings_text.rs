//! Findings as `path:line:col: TK001: message`, with the source line and a hint.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::Style;

use super::palette::{BAD, DOUBTFUL, GOOD, HEADING, NAME, adopted, line, paint};
use takk_model::counted::counted;
use takk_model::visible::is_unseen;
use takk_model::{Code, Finding, Place, Severity};
use takk_project::ops::check::live::{Proof, Verdict};
use takk_project::ops::project::Sources;

/// The maximum number of source lines to show for a finding.
const LINES: usize = 4;
/// Longer lines are not shown: they are generated.
const LONGEST_LINE: usize = 400;

/// The number of proposals to show, unless all are requested.
const PROPOSALS: usize = 12;
/// The number of other places of a finding to show, unless all are requested.
const ALSO: usize = 6;
/// The number of proposals to show for each code if there are many.
const OF_ONE_CODE: usize = 3;

/// All findings with their source; many proposals are folded unless `all`. If the findings are sorted, each file is read only once.
pub fn render(findings: &[Finding], sources: &Sources, all: bool) -> String {
    let (shown, folded) = if all { (findings.iter().collect(), BTreeMap::new()) } else { fold(findings) };
    let mut text = String::new();
    let mut current: Option<(&str, Option<String>)> = None;
    for finding in shown {
        text.push_str(&line(finding));
        if let Some(place) = &finding.place {
            if current.as_ref().is_none_or(|(file, _)| *file != place.file) {
                current = Some((&place.file, sources.text(&place.file)));
            }
            let source = current.as_ref().and_then(|(_, source)| source.as_deref());
            text.push_str(&source.and_then(|source| excerpt(finding, place, source)).unwrap_or_default());
        }
        text.push_str(&also(finding, all));
        text.push_str(&help(finding));
        text.push('\n');
    }
    for (code, more) in folded {
        let noun = if more == 1 { "proposal" } else { "proposals" };
        let code = paint(style(Severity::Info), &code.to_string());
        text.push_str(&line!("{code}: … {more} more {noun}, --all shows them"));
    }
    text
}

/// The findings to show, and how many proposals of each code are folded.
fn fold(findings: &[Finding]) -> (Vec<&Finding>, BTreeMap<Code, usize>) {
    let is_proposal = |finding: &&Finding| finding.severity == Severity::Info;
    if findings.iter().filter(is_proposal).count() <= PROPOSALS {
        return (findings.iter().collect(), BTreeMap::new());
    }
    let (mut seen, mut folded) = (BTreeMap::new(), BTreeMap::new());
    let mut is_shown = |finding: &&Finding| {
        let count: &mut usize = seen.entry(finding.code).or_default();
        *count += usize::from(is_proposal(finding));
        let is_shown = !is_proposal(finding) || *count <= OF_ONE_CODE;
        if !is_shown {
            *folded.entry(finding.code).or_default() += 1;
        }
        is_shown
    };
    let shown = findings.iter().filter(|finding| is_shown(finding)).collect();
    (shown, folded)
}

/// Findings without their source, for commands with another purpose.
pub fn brief(findings: &[Finding]) -> String {
    findings.iter().map(|finding| line(finding) + &help(finding)).collect()
}

/// The credentials that work, one per line.
pub fn working(proofs: &[Proof]) -> String {
    let works = proofs.iter().filter(|proof| proof.verdict == Verdict::Works);
    works.map(|proof| line!("`{}` in `{}` works: {} accepts it", proof.name, proof.environment, proof.provider)).collect()
}

/// One sentence about all findings.
pub fn summary(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, proposals) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning"), (proposals, "proposal")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    match findings.iter().min_by_key(|finding| finding.severity) {
        None => line!("{}", paint(GOOD, "No findings.")),
        Some(worst) => line!("Found {}; run `takk explain {}` to learn more.", parts.join(", "), worst.code),
    }
}

fn line(finding: &Finding) -> String {
    let place = finding.place.as_ref().map(|place| format!("{}: ", paint(HEADING, &place.to_string()))).unwrap_or_default();
    line!("{place}{}: {}", paint(style(finding.severity), &finding.code.to_string()), finding.message)
}

fn help(finding: &Finding) -> String {
    finding.help.as_ref().map(|help| line!("  {} {help}", paint(HEADING, "help:"))).unwrap_or_default()
}

/// The other places of a finding.
fn also(finding: &Finding, all: bool) -> String {
    let shown = if all { finding.also.len() } else { finding.also.len().min(ALSO) };
    if shown == 0 {
        return String::new();
    }
    let places: Vec<String> = finding.also[..shown].iter().map(Place::short).collect();
    let more = match finding.also.len() - shown {
        0 => String::new(),
        more => format!(", … {more} more, --all shows them"),
    };
    line!("  {} {}{more}", paint(HEADING, "also:"), places.join(", "))
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => BAD,
        Severity::Warning => DOUBTFUL,
        Severity::Info => NAME,
    }
}

/// The lines of a finding with a mark below what it is about.
fn excerpt(finding: &Finding, place: &Place, source: &str) -> Option<String> {
    let first = (place.line as usize).checked_sub(1)?;
    let last = finding.end.map_or(first, |(line, _)| (line as usize).saturating_sub(1)).clamp(first, first + LINES - 1);
    // Replaced one to one: invisible characters would shift the mark below, or could be taken for a style.
    let seen = |line: &str| line.chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect::<String>();
    let lines: Vec<String> = source.lines().skip(first).take(last - first + 1).map(seen).collect();
    if lines.is_empty() || lines.iter().any(|line| line.len() > LONGEST_LINE) {
        return None;
    }
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::NOTE,
    };
    let shown = lines.join("\n");
    let annotation = AnnotationKind::Primary.span(span(finding, place, &lines));
    let snippet = Snippet::source(shown.as_str()).line_start(place.line as usize).fold(false).annotation(annotation);
    let report = [Group::with_level(level).element(snippet)];
    Some(adopted(&Renderer::styled().term_width(80).render(&report)) + "\n")
}

/// The bytes that a finding marks, within its lines joined by line breaks.
fn span(finding: &Finding, place: &Place, lines: &[String]) -> Range<usize> {
    let start = byte_of_column(&lines[0], place.column);
    let to_end = lines.iter().map(|line| line.len() + 1).sum::<usize>() - 1;
    let end = match finding.end {
        Some((line, column)) if line >= place.line && ((line - place.line) as usize) < lines.len() => {
            let index = (line - place.line) as usize;
            let before: usize = lines[..index].iter().map(|line| line.len() + 1).sum();
            before + byte_of_column(&lines[index], column)
        }
        Some(_) => to_end,
        None => start + lines[0][start..].chars().next().map_or(0, char::len_utf8),
    };
    start..end.max(start)
}

/// The byte offset of a column, counted in characters from 1.
fn byte_of_column(line: &str, column: u32) -> usize {
    line.char_indices().nth((column as usize).saturating_sub(1)).map_or(line.len(), |(offset, _)| offset)
}
