//! Finds the files that name a settings class, and how they use it. The search extends to other names for a class, and to functions whose
//! callers decide how it is instantiated.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::file_counts;
use crate::Input;
use crate::gather::{Gathered, parse};
use crate::settings::Models;
use takk_python::scan::{HashedNames, hash};
use takk_python::{Class, ClassNames, ClassUse, FOLLOWS, FunctionKey, Sought, Uses};

/// The number of rounds of the search: an alias of an alias of an alias.
const ROUNDS: usize = 4;
/// Up to this many files, one thread searches them.
const FEW: usize = 32;
/// Up to this many files, names that may occur in any file are searched for.
const MANY: usize = 256;

/// All uses of the relevant classes.
pub(super) fn uses<'a>(
    input: &Input<'_>,
    models: &Models<'_, 'a>,
    gathered: &Gathered<'a>,
    counts: &dyn Fn(&Class<'a>) -> bool,
) -> Vec<ClassUse<'a>> {
    let mut search = Search { input, parsed: gathered.parsed.clone(), found: BTreeMap::new() };
    // The names that were already searched for.
    let mut names = ClassNames::default();
    let mut factories: HashSet<FunctionKey> = HashSet::new();
    let follows = Cell::new(FOLLOWS);
    let counted = gathered.classes.iter().filter(|class| counts(class));
    let mut new: BTreeSet<String> = counted.clone().map(|class| class.name.to_string()).collect();
    // An import of a module gives access to its content. The packages around a deeply nested module are imported for many other reasons.
    let modules: BTreeSet<String> = counted
        .flat_map(|class| {
            let parts: Vec<&str> = class.module.split('.').collect();
            let from = if parts.len() > 2 { parts.len() - 1 } else { 0 };
            parts[from..].iter().map(|part| (*part).to_owned()).collect::<Vec<_>>()
        })
        .collect();
    for round in 0..ROUNDS {
        let hashes: HashedNames = new.iter().chain(modules.iter().filter(|_| round == 0)).map(|name| hash(name)).collect();
        let new_names = std::mem::take(&mut new);
        let fresh = if input.files.len() < MANY { ClassNames::new(new_names) } else { ClassNames::for_many(new_names) };
        let batch = search.files(&hashes, &fresh);
        names = names.and(fresh);
        search.parse(models, &batch);
        for at in batch {
            let Some(file) = models.evaluator.modules().project_file(&input.files[at].0) else { continue };
            let sought = Sought { names: &names, counts, factories: &factories, follows: &follows };
            let uses = models.evaluator.class_uses(file, &sought);
            search.found.insert(at, uses);
        }
        for uses in search.found.values() {
            new.extend(uses.aliases.iter().cloned());
            for key in uses.uses.iter().filter_map(|found| found.within.as_ref()) {
                new.insert(key.name.clone());
                factories.insert(key.clone());
            }
        }
        new.retain(|name| !names.contains(name));
        if new.is_empty() {
            break;
        }
    }
    let called: HashSet<FunctionKey> = search.found.values_mut().flat_map(|uses| std::mem::take(&mut uses.called)).collect();
    // The callers of a function determine what it does with its parameters.
    let is_told = |found: &ClassUse<'a>| found.within.as_ref().is_some_and(|key| called.contains(key));
    search.found.into_values().flat_map(|uses| uses.uses).filter(|found| !is_told(found)).collect()
}

struct Search<'i, 'a> {
    input: &'i Input<'i>,
    /// The indices of the parsed files.
    parsed: HashSet<usize>,
    found: BTreeMap<usize, Uses<'a>>,
}

impl Search<'_, '_> {
    /// The files that mention one of the names, among those with access to it: by their imports, or because they were parsed.
    fn files(&self, hashes: &HashedNames, names: &ClassNames) -> Vec<usize> {
        let files = self.input.files;
        let knows = |at: &usize| {
            let (path, mentions) = &files[*at];
            (self.parsed.contains(at) || mentions.names.imported_names().iter().any(|hash| hashes.contains(hash)))
                && file_counts(self.input, path)
        };
        let candidates: Vec<usize> = (0..files.len()).filter(knows).collect();
        let loader = self.input.loader;
        // A file that only uses a class as a type does not instantiate it, and is not parsed for it.
        let parsed = &self.parsed;
        let has = |at: &usize| {
            let is_parsed = parsed.contains(at);
            loader
                .project_file(&files[*at].0)
                .is_ok_and(|text| if is_parsed { names.are_in(&text) } else { names.matter_in(&text) })
        };
        if candidates.len() < FEW {
            candidates.into_iter().filter(has).collect()
        } else {
            candidates.into_par_iter().filter(has).collect()
        }
    }

    fn parse(&mut self, models: &Models<'_, '_>, batch: &[usize]) {
        let new: Vec<usize> = batch.iter().copied().filter(|at| self.parsed.insert(*at)).collect();
        let modules = models.evaluator.modules();
        modules.adopt(parse(self.input.files, self.input.loader, modules, &new));
    }
}
