//! The name of a component in code → the component.

use takk_model::nearest::nearest;

/// Why a name refers to no component.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComponentNameError {
    #[error("no component is named `{name}`{}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        name: String,
        /// A component with a similar name.
        nearest: Option<String>,
    },
    /// Components in several groups have this name.
    #[error("`{name}` could be {}: use the full name", some(.matches, " or "))]
    Ambiguous {
        name: String,
        /// The full names of the components.
        matches: Vec<String>,
    },
    #[error("`{name}` is a group of {}: name one of them", some(.members, ", "))]
    Group {
        name: String,
        /// The full names of its members.
        members: Vec<String>,
    },
}

/// The first few of the names.
fn some(names: &[String], between: &str) -> String {
    const FEW: usize = 5;
    let more = names.len().saturating_sub(FEW);
    let shown = names[..names.len() - more].join(between);
    if more == 0 { shown } else { format!("{shown}{between}{more} more") }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
}

/// Resolves a component name: a full dotted name, or the last part of exactly one. The rule is that of `resolve_component_name` in takk
/// 0.1.40. The caller decides whether to look for a similar name if there is none.
pub fn resolve_component_name<'a>(known: &[&'a str], name: &str, proposes: bool) -> Result<&'a str, ComponentNameError> {
    if let Some(exact) = known.iter().find(|candidate| **candidate == name) {
        return Ok(exact);
    }
    let members: Vec<String> = known.iter().filter(|k| is_below(k, name)).map(|k| (*k).to_owned()).collect();
    if !members.is_empty() {
        return Err(ComponentNameError::Group { name: name.to_owned(), members });
    }
    let matches: Vec<&'a str> = known.iter().copied().filter(|k| short_name(k) == name).collect();
    match matches.as_slice() {
        [one] => Ok(one),
        [] => Err(ComponentNameError::Unknown {
            name: name.to_owned(),
            nearest: if proposes { nearest_component(known, name) } else { None },
        }),
        several => {
            let matches = several.iter().map(|k| (*k).to_owned()).collect();
            Err(ComponentNameError::Ambiguous { name: name.to_owned(), matches })
        }
    }
}

fn is_below(full: &str, group: &str) -> bool {
    full.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'))
}

fn short_name(full: &str) -> &str {
    full.rsplit('.').next().unwrap_or(full)
}

fn nearest_component(known: &[&str], name: &str) -> Option<String> {
    let names = known.iter().flat_map(|full| [*full, short_name(full)]);
    nearest(name, names).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["api", "comms.app", "comms.mail", "desk.app"];

    #[test]
    fn a_full_name_and_a_unique_short_name_are_found() {
        assert_eq!(resolve_component_name(&KNOWN, "api", true), Ok("api"));
        assert_eq!(resolve_component_name(&KNOWN, "comms.app", true), Ok("comms.app"));
        assert_eq!(resolve_component_name(&KNOWN, "mail", true), Ok("comms.mail"));
    }

    #[test]
    fn the_reason_is_said_otherwise() {
        let reason = |name| resolve_component_name(&KNOWN, name, true).expect_err("no component").to_string();
        assert_eq!(reason("app"), "`app` could be comms.app or desk.app: use the full name");
        assert_eq!(reason("comms"), "`comms` is a group of comms.app, comms.mail: name one of them");
        assert_eq!(reason("apy"), "no component is named `apy`, did you mean `api`?");
        assert_eq!(reason("zebra"), "no component is named `zebra`");
    }
}
