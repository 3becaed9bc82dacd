//! What is the same in several environments is said once.

use std::collections::HashMap;

use super::rows::{Row, Section, sections};
use crate::plan::EnvironmentPlan;

/// What is printed under one title.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub title: String,
    /// Sections that have rows.
    pub sections: Vec<Section>,
}

/// First what all environments share, then what differs, alike environments together.
pub(super) fn blocks(environments: &[EnvironmentPlan]) -> Vec<Block> {
    let mut each: Vec<(String, Vec<Section>)> =
        environments.iter().map(|environment| (environment.name.to_string(), sections(environment))).collect();
    let common = take_common(&mut each);
    let names: Vec<&str> = each.iter().map(|(name, _)| name.as_str()).collect();
    let mut blocks = vec![Block { title: names.join(", "), sections: with_rows(common) }];
    let mut differing: Vec<(Vec<&str>, Vec<Section>)> = Vec::new();
    for (name, rest) in &each {
        let rest = with_rows(rest.clone());
        match differing.iter_mut().find(|(_, sections)| *sections == rest) {
            Some((names, _)) => names.push(name),
            None => differing.push((vec![name], rest)),
        }
    }
    for (names, sections) in differing.into_iter().filter(|(_, sections)| !sections.is_empty()) {
        blocks.push(Block { title: format!("{} only", names.join(", ")), sections });
    }
    blocks.retain(|block| !block.sections.is_empty());
    blocks
}

/// Takes the rows out that every environment has alike.
fn take_common(each: &mut [(String, Vec<Section>)]) -> Vec<Section> {
    let Some((_, first)) = each.first() else { return Vec::new() };
    let mut common = first.clone();
    for (index, section) in common.iter_mut().enumerate() {
        for (_, sections) in each.iter().skip(1) {
            let rows: HashMap<&str, &Row> = sections[index].rows.iter().map(|row| (row.key.as_str(), row)).collect();
            section.rows.retain(|row| rows.get(row.key.as_str()) == Some(&row));
        }
        let shared: HashMap<String, Row> = section.rows.iter().map(|row| (row.key.clone(), row.clone())).collect();
        for (_, sections) in each.iter_mut() {
            sections[index].rows.retain(|row| shared.get(&row.key) != Some(row));
        }
    }
    common
}

fn with_rows(sections: Vec<Section>) -> Vec<Section> {
    sections.into_iter().filter(|section| !section.rows.is_empty()).collect()
}
