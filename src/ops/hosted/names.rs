//! Names that come over the network: they end in logs, pages and files, so that what cannot be shown is refused.

use super::{Refusal, Result};
use crate::model::EnvironmentName;

/// How many characters a name may have.
pub const LONGEST: usize = 200;

/// The name of a project.
pub fn project(name: &str) -> Result<&str> {
    if matches!(name, "." | "..") { Err(Refusal::invalid("`.` and `..` are no names")) } else { plain("a project", name) }
}

/// The name of an environment.
pub fn environment(name: &str) -> Result<&str> {
    let invalid = |_| {
        let shown: String = name.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(LONGEST).collect();
        Refusal::invalid(format!("`{shown}` is not a name for an environment"))
            .hint("use lower-case letters, digits, `-` and `_`, or `preview/<branch>`")
    };
    EnvironmentName::parse(name).map(|_| name).map_err(invalid)
}

/// The name of a variable: what an environment can hold.
pub fn variable(name: &str) -> Result<&str> {
    if name.contains('=') { Err(Refusal::invalid("the name of a variable has no `=`")) } else { plain("a variable", name) }
}

/// The name of a person or a program.
pub fn user(name: &str) -> Result<&str> {
    plain("a user", name)
}

/// The address of a person. Whether it is theirs is somebody else's to say.
pub fn email(text: &str) -> Result<&str> {
    let text = plain("an address", text)?;
    let is_address = text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    let is_one = is_address && !text.contains(char::is_whitespace) && text.matches('@').count() == 1;
    if is_one { Ok(text) } else { Err(Refusal::invalid("an address is a name, `@` and a domain")) }
}

/// What somebody calls a token.
pub fn label(name: &str) -> Result<&str> {
    plain("a token", name)
}

/// A name of something, as it can be shown.
pub(super) fn plain<'n>(of: &str, name: &'n str) -> Result<&'n str> {
    let why = if name.trim().is_empty() {
        "is empty".to_owned()
    } else if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        "has characters that cannot be shown".to_owned()
    } else if name.chars().count() > LONGEST {
        format!("has more than {LONGEST} characters")
    } else {
        return Ok(name);
    };
    Err(Refusal::invalid(format!("the name of {of} {why}")))
}

/// Characters that hide, or turn around, what stands beside them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_shown() {
        for good in ["shop", "my project", "Größe", "a".repeat(LONGEST).as_str()] {
            assert!(project(good).is_ok(), "{good}");
        }
        for bad in ["", " ", ".", "..", "a\nb", "a\u{0}", "a\u{202E}b", "\u{1b}[31m", "a".repeat(LONGEST + 1).as_str()] {
            assert!(project(bad).is_err(), "{bad:?}");
            assert!(!format!("{:?}", project(bad)).contains('\u{1b}'));
        }
        assert!(variable("APP_KEY").is_ok());
        assert!(variable("A=B").is_err());
        assert!(email("grace@example.org").is_ok());
        assert!(["grace", "@example.org", "a@b@c", "a b@c"].iter().all(|text| email(text).is_err()));
        assert!(environment("preview/login").is_ok());
        assert!(environment("Dev\u{7}").is_err_and(|refusal| !refusal.detail.contains('\u{7}')));
    }
}
