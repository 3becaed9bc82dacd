//! The answer for a project that declares nothing: what was searched, and how to begin.

use super::super::palette::{DIM, HEADING, paint};
use super::super::value_text::counted;
use crate::plan::Plan;

const EXAMPLE: &str = "    from pydantic import SecretStr
    from pydantic_settings import BaseSettings

    class Settings(BaseSettings):
        api_key: SecretStr
";

/// The answer for an empty plan.
pub(super) fn render(plan: &Plan) -> String {
    let title = paint(HEADING, &format!("{}:", plan.project.name));
    if plan.files == 0 {
        return format!(
            "{title} no Python files\n\nSearched every directory that version control does not ignore. Is this the\n\
             directory of a Python project? `takk plan PATH` reads another one.\n"
        );
    }
    format!(
        "{title} no settings classes\n\n\
         Searched {} for classes that derive from pydantic's BaseSettings\n\
         or vaultly's SecretModel, for takk's Project(...), and for os.environ.\n\n\
         To begin, write down what the program reads from its environment:\n\n{}",
        counted(plan.files, "Python file"),
        paint(DIM, EXAMPLE)
    )
}
