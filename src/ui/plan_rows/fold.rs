//! Merges the rows that are the same in several environments.

use std::sync::Arc;

use super::{Row, Section, VARIABLES, sections};
use takk_plan::{EnvironmentPlan, PlannedVariable};

/// The part of a plan under one title.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ui) struct Block {
    pub title: String,
    pub sections: Vec<Section>,
}

/// First what all environments share, then the differences, with equal environments grouped. Lists in a row are folded unless `all`.
pub(in crate::ui) fn blocks(environments: &[EnvironmentPlan], all: bool) -> Vec<Block> {
    let alike = alike(environments);
    let mut each: Vec<(String, Vec<Section>)> = environments
        .iter()
        .enumerate()
        .map(|(at, environment)| {
            // What all environments share is shown only for the first.
            let shown = |index: usize| at == 0 || !alike[index];
            (environment.name.to_string(), sections(environment, &shown, all))
        })
        .collect();
    let common = take_common(&mut each, &alike);
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

/// Which variables are equal in all environments, in the order of the first one.
fn alike(environments: &[EnvironmentPlan]) -> Vec<bool> {
    let Some((first, others)) = environments.split_first() else { return Vec::new() };
    let comparable = others
        .iter()
        .all(|other| other.services.len() == first.services.len() && other.variables.len() == first.variables.len());
    let same = |a: &PlannedVariable, b: &PlannedVariable| {
        Arc::ptr_eq(&a.declared, &b.declared)
            && (a.state, &a.stored, &a.composed_of, &a.value, &a.reason, &a.secret_path)
                == (b.state, &b.stored, &b.composed_of, &b.value, &b.reason, &b.secret_path)
    };
    let everywhere = |(at, variable)| comparable && others.iter().all(|other| same(variable, &other.variables[at]));
    first.variables.iter().enumerate().map(everywhere).collect()
}

/// Takes out the rows that all environments share; those of the variables in `alike` are taken from the first one.
fn take_common(each: &mut [(String, Vec<Section>)], alike: &[bool]) -> Vec<Section> {
    let Some((_, first)) = each.first() else { return Vec::new() };
    let mut common = first.clone();
    for (index, section) in common.iter_mut().enumerate() {
        let mut taken: Vec<Vec<bool>> = each.iter().map(|(_, sections)| vec![false; sections[index].rows.len()]).collect();
        let mut at = 0;
        section.rows.retain(|row| {
            let here = at;
            at += 1;
            if index == VARIABLES && alike[here] {
                taken[0][here] = true;
                return true;
            }
            let places: Option<Vec<usize>> = each.iter().map(|(_, sections)| find(&sections[index].rows, row, here)).collect();
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

/// The position of an equal row, mostly the same one.
fn find(rows: &[Row], row: &Row, likely: usize) -> Option<usize> {
    if rows.get(likely) == Some(row) {
        return Some(likely);
    }
    rows.iter().position(|other| other == row)
}

fn with_rows(sections: Vec<Section>) -> Vec<Section> {
    sections.into_iter().filter(|section| !section.rows.is_empty()).collect()
}
