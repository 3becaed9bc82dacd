//! What is the same in several environments is said once.

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
        let mut taken: Vec<Vec<bool>> = each.iter().map(|(_, sections)| vec![false; sections[index].rows.len()]).collect();
        let mut at = 0;
        section.rows.retain(|row| {
            let places: Option<Vec<usize>> = each.iter().map(|(_, sections)| find(&sections[index].rows, row, at)).collect();
            at += 1;
            for (taken, place) in taken.iter_mut().zip(places.iter().flatten()) {
                taken[*place] = true;
            }
            places.is_some()
        });
        for ((_, sections), taken) in each.iter_mut().zip(taken) {
            let mut taken = taken.into_iter();
            sections[index].rows.retain(|_| taken.next() != Some(true));
        }
    }
    common
}

/// Where the rows hold an equal one: mostly at the same place.
fn find(rows: &[Row], row: &Row, likely: usize) -> Option<usize> {
    if rows.get(likely) == Some(row) {
        return Some(likely);
    }
    rows.iter().position(|other| other == row)
}

fn with_rows(sections: Vec<Section>) -> Vec<Section> {
    sections.into_iter().filter(|section| !section.rows.is_empty()).collect()
}
