//! Finds the relevant files and their settings classes: repeats the search with the names of the classes it finds until it finds no more.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use rayon::prelude::*;

use super::is_test;
use super::made::{Bound, Made};
use super::notes::{Notes, Observation};
use super::settings::{Models, may_be_unresolved, read_class, unresolved_base};
use takk_model::{ClassKind, ClassRef, SettingsClass};
use takk_python::scan::{BASES, HashedNames, Mentions, hash, identifiers};
use takk_python::{Class, FileId, Loader, Modules, Value};

/// Up to this many files, one thread parses them.
const FEW: usize = 32;
/// From this many files on, all cores search them.
const MANY: usize = 4_096;

#[derive(Default)]
pub(crate) struct Gathered<'a> {
    /// Settings classes. Those of test code are marked.
    pub settings: Vec<SettingsClass>,
    /// The classes from which they were read, in the same order.
    pub classes: Vec<Rc<Class<'a>>>,
    /// The indices of the files that were parsed.
    pub parsed: HashSet<usize>,
    /// Observations for findings.
    pub notes: Notes,
    /// The files that mention takk.
    pub takk_files: Vec<FileId>,
}

/// Classes by module, qualified name and file.
type Classes<'a> = BTreeMap<[String; 3], (SettingsClass, Rc<Class<'a>>)>;

/// Finds every settings class of the project.
pub(crate) fn gather<'a>(files: &[(String, Mentions)], loader: &(dyn Loader + Sync), models: &Models<'_, 'a>) -> Gathered<'a> {
    let evaluator = models.evaluator;
    let modules = evaluator.modules();
    let mut search = Search::new(files);
    let mut found = Gathered::default();
    let mut classes = Classes::new();
    let mut parsed = HashSet::new();
    let mut made = Made::default();
    let mut seen: Vec<usize> = Vec::new();
    loop {
        let mut batch = search.next_batch();
        if batch.is_empty() {
            batch = made.callers(files, loader, &parsed);
        }
        if batch.is_empty() {
            break;
        }
        let new: Vec<usize> = batch.iter().copied().filter(|at| parsed.insert(*at)).collect();
        modules.adopt(parse(files, loader, modules, &new));
        seen.extend(&new);
        for at in batch {
            let (path, mentions) = &files[at];
            let Some(file) = modules.project_file(path) else { continue };
            let wanted = |bases: &str, source: &str| {
                mentions.uses_base || search.is_base(bases) || may_be_unresolved(identifiers(bases), source)
            };
            let mut local = Vec::new();
            for class in evaluator.classes_in(file, &wanted) {
                // Two files may claim to be the same module. Their classes are kept apart.
                let key = [class.module.to_string(), class.qualname.to_string(), path.clone()];
                if classes.contains_key(&key) {
                    continue;
                }
                let is_known = |name: &str| search.names.contains(&hash(name));
                let Some(kind) = kind_of(models, &class, &is_known, &mut found.notes) else { continue };
                search.learn(&class.name);
                if kind == ClassKind::LocalSettings {
                    local.push(Rc::clone(&class));
                }
                let mut entry = read_class(models, &class, kind, &mut found.notes);
                entry.test = is_test(path);
                classes.insert(key, (entry, class));
            }
            if !is_test(path) {
                made.learn(evaluator, file, &local).into_iter().for_each(|maker| search.learn(maker));
            }
        }
        for at in &seen {
            let Some(file) = modules.project_file(&files[*at].0) else { continue };
            for bound in made.classes(evaluator, file) {
                let Some(kind) = models.base(&bound.class).kind() else { continue };
                search.learn(bound.name);
                search.learn(&bound.class.name);
                // The class statement in the function is only a template for the classes that the call creates.
                let [module, qualname, path] =
                    [bound.class.module.to_string(), bound.class.qualname.to_string(), bound.class.place.file.clone()];
                let pattern = [module, qualname, path];
                if pattern[1].contains("<locals>") && classes.remove(&pattern).is_some() {
                    let [module, qualname, _] = pattern;
                    found.notes.forget_undecided(&ClassRef { module, qualname });
                }
                let entry = read_bound(models, &bound, kind, file, &mut found.notes);
                classes.insert([entry.module.clone(), entry.qualname.clone(), entry.file.clone()], (entry, bound.class));
            }
        }
    }
    forget_patterns(models, &mut classes, &mut found.notes);
    let takk_files = files.iter().filter(|(_, mentions)| mentions.takk);
    found.takk_files = takk_files.filter_map(|(path, _)| modules.project_file(path)).collect();
    (found.settings, found.classes) = classes.into_values().unzip();
    found.parsed = parsed;
    found
}

/// Drops a class in a function that other classes derive from, as returned by the function: it is only a template for them.
fn forget_patterns<'a>(models: &Models<'_, 'a>, classes: &mut Classes<'a>, notes: &mut Notes) {
    let mut patterns = Vec::new();
    for (entry, class) in classes.values().filter(|(entry, _)| !entry.qualname.contains("<locals>")) {
        let order = models.evaluator.resolution_order(class);
        let bases = order.iter().flat_map(|order| order.iter().skip(1)).filter_map(|base| match base {
            Value::Class(base) if base.qualname.contains("<locals>") && *base.qualname != *entry.qualname => {
                Some([base.module.to_string(), base.qualname.to_string(), base.place.file.clone()])
            }
            _ => None,
        });
        patterns.extend(bases);
    }
    for pattern in patterns {
        if classes.remove(&pattern).is_some() {
            let [module, qualname, _] = pattern;
            notes.forget_undecided(&ClassRef { module, qualname });
        }
    }
}

/// A class created by a call, under the name to which it is assigned.
fn read_bound<'a>(
    models: &Models<'_, 'a>,
    bound: &Bound<'a>,
    kind: ClassKind,
    file: FileId,
    notes: &mut Notes,
) -> SettingsClass {
    let mut entry = read_class(models, &bound.class, kind, notes);
    let source = models.evaluator.file(file);
    entry.module = source.module.clone();
    entry.qualname = bound.name.to_owned();
    entry.test = is_test(&source.path);
    entry
}

/// Parses files on all cores.
pub(super) fn parse(
    files: &[(String, Mentions)],
    loader: &(dyn Loader + Sync),
    modules: &Modules<'_>,
    batch: &[usize],
) -> Vec<takk_python::SourceFile> {
    let wanted: Vec<(&str, String)> =
        batch.iter().map(|&at| files[at].0.as_str()).map(|path| (path, modules.module_name(path))).collect();
    let parsed = |(path, module): (&str, String)| {
        let bytes = loader.project_file(path).ok()?;
        Some(Modules::parse_project_file(path, module, &bytes))
    };
    // Starting threads takes longer than parsing a few files.
    if wanted.len() < FEW {
        wanted.into_iter().filter_map(parsed).collect()
    } else {
        wanted.into_par_iter().filter_map(parsed).collect()
    }
}

/// The kind of a settings class; `None` for other classes. A base that cannot be resolved is reported; `is_known` says whether the project
/// has a settings class of that name.
fn kind_of<'a>(
    models: &Models<'_, 'a>,
    class: &Rc<Class<'a>>,
    is_known: &dyn Fn(&str) -> bool,
    notes: &mut Notes,
) -> Option<ClassKind> {
    let kind = models.base(class).kind();
    if let Some(base) = unresolved_base(models.evaluator, class, is_known) {
        let class_ref = ClassRef { module: class.module.to_string(), qualname: class.qualname.to_string() };
        let observation =
            Observation::UnresolvedBase { class: class_ref, base: base.name, import: base.import, within: base.within };
        notes.add(class.place.clone(), observation);
        return Some(kind.unwrap_or(ClassKind::Settings));
    }
    match kind? {
        ClassKind::Settings if class.qualname.contains("<locals>") => Some(ClassKind::LocalSettings),
        other => Some(other),
    }
}

/// The growing search for settings classes. All that the files mention is kept in one contiguous list, which is scanned again whenever new
/// names turn up.
struct Search<'i> {
    files: &'i [(String, Mentions)],
    /// Hashes of names that settings classes may derive from.
    names: HashedNames,
    /// Names that look like those of settings classes, without a class statement in the project.
    outside: HashedNames,
    /// The bases of class statements, each with its file. Those that have become candidates are removed.
    bases: Vec<(u32, u32)>,
    renames: Vec<(u32, u32)>,
    grown: bool,
    first: bool,
}

impl<'i> Search<'i> {
    fn new(files: &'i [(String, Mentions)]) -> Self {
        let mut names: HashedNames = BASES.iter().map(|name| hash(name)).collect();
        if files.iter().any(|(_, mentions)| mentions.takk) {
            names.extend(takk_catalog::ready_made_classes().iter().map(|name| hash(name)));
        }
        let bases_of = |((_, mentions), at): (&'i (String, Mentions), u32)| {
            headers(mentions).flat_map(move |(_, bases)| bases.iter().map(move |base| (*base, at)))
        };
        let places = 0_u32..u32::MAX;
        let bases = if files.len() < MANY {
            files.iter().zip(places).flat_map(bases_of).collect()
        } else {
            files.par_iter().zip(places).flat_map_iter(bases_of).collect()
        };
        let renames = files.iter().flat_map(|(_, mentions)| mentions.names.renames()).collect();
        Self { files, names, outside: HashedNames::default(), bases, renames, grown: true, first: true }
    }

    fn learn(&mut self, name: &str) {
        self.grown |= self.names.insert(hash(name));
    }

    /// The files with new candidates since the last call, in order.
    fn next_batch(&mut self) -> Vec<usize> {
        if !std::mem::take(&mut self.grown) {
            return Vec::new();
        }
        self.follow_renames();
        let mut batch = Vec::new();
        self.bases.retain(|(base, at)| {
            let wanted = self.names.contains(base);
            if wanted {
                batch.push(*at as usize);
            }
            !wanted
        });
        if std::mem::take(&mut self.first) {
            self.outside = self.outside();
            for (at, (_, mentions)) in self.files.iter().enumerate() {
                if mentions.uses_base
                    || mentions.takk
                    || mentions.names.outside_bases().iter().any(|base| self.outside.contains(base))
                {
                    batch.push(at);
                }
            }
        }
        batch.sort_unstable();
        batch.dedup();
        batch
    }

    /// Whether a class with these bases in its source may be a settings class, as far as known.
    fn is_base(&self, text: &str) -> bool {
        identifiers(text).any(|word| {
            let hash = hash(word);
            self.names.contains(&hash) || self.outside.contains(&hash)
        })
    }

    /// Names that look like those of settings classes, without a class statement in the project.
    fn outside(&self) -> HashedNames {
        let mut outside: HashedNames =
            self.files.iter().flat_map(|(_, mentions)| mentions.names.outside_bases().iter().copied()).collect();
        if outside.is_empty() {
            return outside;
        }
        for (name, _) in self.files.iter().flat_map(|(_, mentions)| headers(mentions)) {
            outside.remove(&name);
        }
        outside
    }

    fn follow_renames(&mut self) {
        loop {
            let before = self.names.len();
            for (from, to) in &self.renames {
                if self.names.contains(from) {
                    self.names.insert(*to);
                }
            }
            if self.names.len() == before {
                return;
            }
        }
    }
}

/// The class statements of a file: the hash of the name, and the hashes of the identifiers in its bases.
fn headers(mentions: &Mentions) -> impl Iterator<Item = (u32, &[u32])> {
    mentions
        .names
        .classes()
        .split(|&hash| hash == 0)
        .filter_map(|header| header.split_first().map(|(&name, bases)| (name, bases)))
}
