//! Which project a command works on, and the prompt that asks whose values a checkout should get.

use std::path::Path;

use super::palette::line;
use super::value_text::wrapped;
use takk_model::visible::{one_line, shell_word};
use takk_project::platform::{Question, link::Reason};

/// Which project a command in another directory works on.
pub fn root(root: &Path) -> String {
    line!("Project root: {}", root.display())
}

/// How to run the commands that takk proposed about a project other than that of the current directory.
pub fn elsewhere(project: &Path) -> String {
    let project = project.to_string_lossy();
    let directory = shell_word(&project);
    let sentence = format!("To run these commands on that project, add `-C {directory}`, or run them in its directory.");
    wrapped(&sentence, 78).iter().map(|words| line!("{words}")).collect()
}

/// The reason for the question, and what the checkout would get.
pub fn question(question: &Question) -> String {
    let mut text = String::new();
    let mut paragraph = |line: &str, indent: &str| {
        for line in wrapped(line, 78 - indent.len()) {
            text.push_str(&line!("{indent}{line}"));
        }
    };
    paragraph(&sentence(&question.doubt()), "");
    for line in question.about() {
        paragraph(&line, "  ");
    }
    paragraph("The author of that code can then read all of them, including production values.", "");
    text
}

pub fn may_it(question: &Question) -> String {
    let project = one_line(&question.project);
    match question.reason {
        Reason::Renamed(_) => format!("Keep it linked to `{project}`?"),
        _ => format!("Link it to `{project}`?"),
    }
}

/// What to do with a checkout that must not have the values.
pub fn apart() -> &'static str {
    "to keep its values separate: takk link --name ANOTHER-NAME"
}

fn sentence(phrase: &str) -> String {
    let mut rest = phrase.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect::<String>() + ".").unwrap_or_default()
}
