//! SARIF 2.1.0, the format that code scanning services read.

use serde_json::{Value, json};

use super::report::Item;
use takk_model::error::Result;
use takk_model::percent::encoded_path;
use takk_model::{Place, Severity};

/// The schema of the output.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run with all items.
pub fn render(items: &[Item]) -> Result<String> {
    let mut rules: Vec<&Item> = Vec::new();
    for item in items {
        if rules.iter().all(|rule| rule.id != item.id) {
            rules.push(item);
        }
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let results: Vec<Value> = items.iter().map(|item| result(item, &rules)).collect();
    super::json::json(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "takk",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
                }
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn rule(item: &Item) -> Value {
    json!({
        "id": item.id,
        "name": item.name,
        "shortDescription": { "text": item.summary },
        "defaultConfiguration": { "level": level(item.severity) },
    })
}

fn result(item: &Item, rules: &[&Item]) -> Value {
    let help = item.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let mut result = json!({
        "ruleId": item.id,
        "ruleIndex": rules.iter().position(|rule| rule.id == item.id),
        "level": level(item.severity),
        "message": { "text": format!("{}{help}", item.message) },
    });
    if let Some(place) = &item.place {
        let mut region = json!({ "startLine": place.line, "startColumn": place.column });
        if let Some((line, column)) = item.end {
            region["endLine"] = line.into();
            region["endColumn"] = column.into();
        }
        result["locations"] = json!([{
            "physicalLocation": { "artifactLocation": { "uri": encoded_path(&place.file) }, "region": region }
        }]);
    }
    if !item.also.is_empty() {
        result["relatedLocations"] = item.also.iter().map(related).collect();
    }
    result
}

fn related(place: &Place) -> Value {
    let region = json!({ "startLine": place.line, "startColumn": place.column });
    json!({ "physicalLocation": { "artifactLocation": { "uri": encoded_path(&place.file) }, "region": region } })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
