//! `[tool.takk.secrets]`: the backend of secret paths, for all environments and for some.

use takk_backends::{BackendConfig, SecretBackends};
use takk_document::toml::DeValue;

use super::section::Section;

pub(super) fn read(section: &mut Section) -> SecretBackends {
    let mut found = SecretBackends::default();
    let Some(mut table) = section.table("secrets") else { return found };
    table.check_keys(&["backend", "environments"]);
    found.backend = backend(&mut table, "backend");
    if let Some(mut tables) = table.table("environments") {
        let names: Vec<&str> = tables.keys().map(|(name, _)| name).collect();
        for name in names {
            found.environments.extend(backend(&mut tables, name).map(|config| (name.to_owned(), config)));
        }
    }
    found
}

fn backend(section: &mut Section, key: &str) -> Option<BackendConfig> {
    let value = section.value(key)?;
    let read = json(value.get_ref()).map(serde_json::from_value::<BackendConfig>);
    if let Some(Ok(config)) = read {
        return Some(config);
    }
    let message = format!("`{key}` is not a backend of secret paths");
    let help = "write \"vault\", \"aws-ssm\", \"dotenv\", \"env\" or \"takk\", or a table: { kind = \"vault\", mount = \"app\" }; nothing secret belongs here";
    section.bad(&value.span(), message, help.to_owned());
    None
}

/// Converts a value to JSON. Dates have no equivalent, and no backend has one.
fn json(value: &DeValue) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(text) => text.to_string().into(),
        DeValue::Integer(number) => number.to_string().parse::<i64>().ok()?.into(),
        DeValue::Boolean(value) => (*value).into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect::<Option<Vec<_>>>()?.into(),
        DeValue::Table(table) => {
            let pairs = table.iter().map(|(key, value)| Some((key.get_ref().to_string(), json(value.get_ref())?)));
            serde_json::Value::Object(pairs.collect::<Option<_>>()?)
        }
        DeValue::Float(_) | DeValue::Datetime(_) => return None,
    })
}
