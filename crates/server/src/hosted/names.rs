//! Names from the network: they appear in logs, pages and files, so that unprintable ones are rejected.

use super::{Refusal, Result};
use takk_catalog::reserved;
use takk_model::EnvironmentName;
use takk_model::Role;
use takk_vault::Action;

/// The maximum length of a name, in characters.
pub const LONGEST: usize = 200;

/// Validates the name of a project.
pub fn project(name: &str) -> Result<&str> {
    if matches!(name, "." | "..") {
        Err(Refusal::invalid("`.` and `..` are not valid names"))
    } else {
        plain("a project", name)
    }
}

/// Validates the name of an environment.
pub fn environment(name: &str) -> Result<&str> {
    let invalid = |_| {
        let shown: String = name.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(LONGEST).collect();
        Refusal::invalid(format!("`{shown}` is not a valid environment name"))
            .hint("use lowercase letters, digits, `-` and `_`, or `preview/<branch>`")
    };
    EnvironmentName::parse(name).map(|_| name).map_err(invalid)
}

/// Validates the name of a variable, which must be possible in an environment.
pub fn variable(name: &str) -> Result<&str> {
    if name.contains('=') {
        Err(Refusal::invalid("the name of a variable must not contain `=`"))
    } else {
        plain("a variable", name)
    }
}

/// Rejects values under reserved names, unless an owner stores them: whoever sets one controls what the commands of others run.
pub fn refuse_reserved(action: &Action, role: Role) -> Result<()> {
    let (Action::Change { updates, .. } | Action::Create { updates, .. }) = action else { return Ok(()) };
    refuse_reserved_names(updates.iter().filter(|update| update.value.is_some()).map(|update| update.name.as_str()), role)
}

/// The same for the names under which values would be stored.
pub(super) fn refuse_reserved_names<'n>(mut names: impl Iterator<Item = &'n str>, role: Role) -> Result<()> {
    match names.find_map(|name| Some((name, reserved(name)?))).filter(|_| role < Role::Owner) {
        Some((name, why)) => Err(Refusal::forbidden(format!("only an owner can store a value under `{name}`: {why}"))
            .hint("rename the field, or ask an owner of the project")),
        None => Ok(()),
    }
}

/// Validates the name of a person or a program.
pub fn user(name: &str) -> Result<&str> {
    plain("a user", name)
}

/// Validates the name of a program within its project. The full name is separated by a `/`.
pub fn program<'n>(of: &str, name: &'n str) -> Result<&'n str> {
    if name.contains('/') { Err(Refusal::invalid(format!("the name of {of} must not contain `/`"))) } else { plain(of, name) }
}

/// Validates the form of a person's e-mail address. The identity provider verifies that it is theirs.
pub fn email(text: &str) -> Result<&str> {
    let text = plain("an email address", text)?;
    let is_address = text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    let is_one = is_address && !text.contains(char::is_whitespace) && text.matches('@').count() == 1;
    if is_one { Ok(text) } else { Err(Refusal::invalid("an email address must have the form name@domain")) }
}

/// Validates a name, or prefix, to search for.
pub fn sought(text: &str) -> Result<()> {
    if text.contains('\0') { Err(Refusal::invalid("a name must not contain a NUL byte")) } else { Ok(()) }
}

/// Validates a name that can be displayed. `of` says of what it is, such as `a token`.
pub fn plain<'n>(of: &str, name: &'n str) -> Result<&'n str> {
    let why = if name.trim().is_empty() {
        "must not be empty".to_owned()
    } else if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        "must not contain non-printable characters".to_owned()
    } else if name.chars().count() > LONGEST {
        format!("must have at most {LONGEST} characters")
    } else {
        return Ok(name);
    };
    Err(Refusal::invalid(format!("the name of {of} {why}")))
}

/// Characters that are invisible, or change the direction of text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;
    use takk_api::names::{EmailAddress, EnvironmentName, ProgramName, ProjectName, ShownName, VariableName};

    #[test]
    fn names_are_what_the_document_says() {
        fn agrees<T: PartialSchema>(accepts: impl Fn(&str) -> bool) {
            let schema = serde_json::to_value(T::schema()).expect("it is JSON");
            let validator = jsonschema::validator_for(&schema).expect("it is a schema");
            let letters =
                ["a", "Ä", "=", "/", " ", "\u{a0}", "\u{3000}", "\n", "\u{85}", "\u{1c}", "\u{200b}", "\u{202e}", "\u{feff}"];
            let pairs = letters.iter().flat_map(|one| letters.iter().map(move |other| format!("{one}{other}")));
            let others =
                ["", ".", "..", "...", "a.b", "a@b", "@b", "a@", "a@b@c", "a @b", "preview/a", "preview/", "preview/.a", "A"];
            let long =
                ["a".repeat(63), "a".repeat(64), "ä".repeat(200), "ä".repeat(201), format!("preview/{}", "a".repeat(63))];
            for name in pairs.chain(others.map(str::to_owned)).chain(long).chain(letters.map(str::to_owned)) {
                let is_said = validator.is_valid(&serde_json::Value::from(name.as_str()));
                assert_eq!(is_said, accepts(&name), "{name:?} is no {schema}");
            }
        }
        agrees::<ShownName>(|name| user(name).is_ok());
        agrees::<ProjectName>(|name| project(name).is_ok());
        agrees::<VariableName>(|name| variable(name).is_ok());
        agrees::<EnvironmentName>(|name| environment(name).is_ok());
        agrees::<ProgramName>(|name| program("a program", name).is_ok());
        agrees::<EmailAddress>(|name| email(name).is_ok());
    }

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
