//! Names on the command line → environments of the project.

use std::borrow::Cow;

use super::project::ReadProject;
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest;
use takk_model::{Environment, EnvironmentName};

/// The environments that `names` select, in the order of the project and then of the names; all of them if there are no names. A
/// `preview/<branch>` needs no configuration of its own; `[tool.takk.environments.preview]` applies to all of them.
pub fn choose(names: &[String], project: &ReadProject) -> Result<Vec<Environment>> {
    chosen(names, &project.environments, &|name| project.config.environment(name).map(Cow::into_owned))
}

fn chosen(names: &[String], known: &[Environment], preview: &dyn Fn(&str) -> Option<Environment>) -> Result<Vec<Environment>> {
    if names.is_empty() {
        return Ok(known.to_vec());
    }
    let mut previews = Vec::new();
    for name in names {
        let parsed = EnvironmentName::parse(name).map_err(|error| unknown(name, known).caused_by(error))?;
        if known.iter().any(|environment| environment.name == parsed) {
            continue;
        }
        if !name.starts_with("preview/") {
            return Err(unknown(name, known));
        }
        previews.push(preview(name).unwrap_or(Environment { name: parsed, domain: None, context: Vec::new() }));
    }
    previews.dedup();
    let chosen = known.iter().filter(|environment| names.iter().any(|name| name == environment.name.as_str())).cloned();
    Ok(chosen.chain(previews).collect())
}

/// The environment of that name; without a name `dev`, or else the first one.
pub fn one(name: Option<&str>, project: &ReadProject) -> Result<Environment> {
    let chosen = if let Some(name) = name {
        choose(&[name.to_owned()], project)?
    } else {
        let known = &project.environments;
        let dev = known.iter().find(|environment| environment.name.as_str() == "dev");
        dev.or(known.first()).cloned().into_iter().collect()
    };
    chosen.into_iter().next().ok_or_else(|| Error::usage("the project has no environment").hint("name one with --env"))
}

fn unknown(name: &str, known: &[Environment]) -> Error {
    let names: Vec<&str> = known.iter().map(|environment| environment.name.as_str()).collect();
    let error = Error::usage(format!("there is no environment `{name}`"));
    let error = match nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    };
    error.hint(format!("the project has {}; `preview/<branch>` is always possible", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Environment {
        Environment { name: EnvironmentName::parse(name).expect("valid"), domain: None, context: Vec::new() }
    }

    fn names_of(names: &[&str]) -> Result<Vec<String>> {
        let known: Vec<Environment> = EnvironmentName::DEFAULT.iter().map(|name| environment(name)).collect();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(chosen(&names, &known, &|_| None)?.iter().map(|environment| environment.name.to_string()).collect())
    }

    #[test]
    fn the_order_is_that_of_the_pipeline() {
        assert_eq!(names_of(&[]).expect("all"), ["dev", "test", "qa", "prod"]);
        assert_eq!(names_of(&["prod", "preview/x", "dev"]).expect("known"), ["dev", "prod", "preview/x"]);
    }

    #[test]
    fn an_unknown_name_gets_the_nearest() {
        let error = names_of(&["prdo"]).expect_err("unknown");
        assert_eq!(error.message, "there is no environment `prdo`");
        assert_eq!(error.hints[0], "did you mean `prod`?");
        assert!(names_of(&["Prod"]).expect_err("upper case").hints[0].contains("`prod`"));
    }
}
