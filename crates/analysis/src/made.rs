//! Settings classes that a call at module level creates: `create_model`, or a function of the project that defines and returns a class.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::is_test;
use takk_python::scan::{HashedNames, Mentions, hash};
use takk_python::{Class, Evaluator, FileId, Loader, Value};

/// The functions of pydantic and Python that create classes.
const MAKERS: [&str; 2] = ["create_model", "type"];

/// The search for dynamically created classes.
pub(crate) struct Made {
    /// The names of functions that may return a settings class.
    makers: BTreeSet<String>,
    /// The number of names for which all files were searched.
    searched: usize,
    /// Hashes of the possible names of the modules that define them.
    modules: HashedNames,
    /// The visited pairs of file and name.
    done: HashSet<(FileId, String)>,
}

/// A class, with the name to which it is assigned.
pub(crate) struct Bound<'a> {
    pub name: &'a str,
    pub class: Rc<Class<'a>>,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            makers: MAKERS.iter().map(|name| (*name).to_owned()).collect(),
            searched: MAKERS.len(),
            modules: HashedNames::default(),
            done: HashSet::new(),
        }
    }
}

impl Made {
    /// Collects the functions of a file that return classes: settings classes defined in them, or the result of `create_model`.
    pub(crate) fn learn<'a>(&mut self, evaluator: &Evaluator<'a>, file: FileId, classes: &[Rc<Class<'a>>]) -> Vec<&'a str> {
        let local =
            |class: &Rc<Class<'a>>| Some(class.qualname.strip_suffix(&*class.name)?.strip_suffix(".<locals>.")?.to_owned());
        let functions: BTreeSet<String> = classes.iter().filter_map(local).filter(|name| !name.contains('.')).collect();
        let makers = evaluator.class_makers(file, &functions);
        if !makers.is_empty() {
            self.modules.extend(parts(&evaluator.file(file).path).map(hash));
        }
        self.makers.extend(makers.iter().map(|name| (*name).to_owned()));
        makers
    }

    /// The classes created by calls at the top level of the file.
    pub(crate) fn classes<'a>(&mut self, evaluator: &Evaluator<'a>, file: FileId) -> Vec<Bound<'a>> {
        let mut found = Vec::new();
        for (name, callee) in evaluator.assigned_calls(file) {
            if !self.makers.contains(callee) || !self.done.insert((file, name.to_owned())) {
                continue;
            }
            let Some(Value::Class(class)) = evaluator.module_name(file, name) else { continue };
            let is_its_own = class.is_defined() && !class.qualname.contains("<locals>");
            if !is_its_own {
                found.push(Bound { name, class });
            }
        }
        found
    }

    /// The files that call functions which were collected since the last call.
    pub(crate) fn callers(
        &mut self,
        files: &[(String, Mentions)],
        loader: &(dyn Loader + Sync),
        known: &HashSet<usize>,
    ) -> Vec<usize> {
        if self.makers.len() == self.searched {
            return Vec::new();
        }
        self.searched = self.makers.len();
        let own = self.makers.iter().filter(|name| !MAKERS.contains(&name.as_str()));
        let finders: Vec<Finder<'static>> = own.clone().map(|name| Finder::new(&format!("{name}(")).into_owned()).collect();
        let may_know = self.may_know(files, own.map(|name| hash(name)).collect());
        let calls = |(at, (path, mentions)): (usize, &(String, Mentions))| {
            if !mentions.names.imported_names().iter().any(|name| may_know.contains(name))
                || known.contains(&at)
                || is_test(path)
            {
                return None;
            }
            let bytes = loader.project_file(path).ok()?;
            let binds = |at: usize| matches!(bytes[..at].trim_ascii_end().last(), Some(b'=' | b'.'));
            finders.iter().any(|finder| finder.find_iter(&bytes).any(binds)).then_some(at)
        };
        files.par_iter().enumerate().filter_map(calls).collect()
    }

    /// Whether the imports of a file give it access to one of the functions: the function itself, a star import, or a module that has it.
    fn may_know(&self, files: &[(String, Mentions)], mut functions: HashedNames) -> HashedNames {
        functions.insert(hash("import"));
        let gives_on = |mentions: &Mentions| mentions.names.imported_names().iter().any(|name| functions.contains(name));
        let modules = files.iter().filter(|(_, mentions)| gives_on(mentions)).filter_map(|(path, _)| parts(path).last());
        let modules: HashedNames = modules.map(hash).chain(self.modules.iter().copied()).collect();
        functions.extend(modules);
        functions
    }
}

/// The possible names of the module in a file, and of the packages around it.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let stem = path.strip_suffix(".py").unwrap_or(path);
    stem.strip_suffix("/__init__").unwrap_or(stem).split('/')
}

#[cfg(test)]
mod tests {
    use crate::testing::manifest_of;

    #[test]
    fn callers_are_found_whatever_they_import() {
        let make = "from pydantic_settings import BaseSettings\n\ndef make():\n    class Made(BaseSettings):\n        a: str\n    return Made\n";
        let manifest = manifest_of(&[
            ("lib/__init__.py", ""),
            ("lib/make.py", make),
            ("lib/again.py", "from lib.make import make\n"),
            ("a.py", "from lib.make import make\nA = make()\n"),
            ("b.py", "from lib.make import *\nB = make()\n"),
            ("c.py", "import lib.make\nC = lib.make.make()\n"),
            ("d.py", "from lib import make as module\nD = module.make()\n"),
            ("e.py", "from lib import again\nE = again.make()\n"),
            ("f.py", "import lib.again as other\nF = other.make()\n"),
            ("g.py", "from other import make_it\nG = make_it()\n"),
        ]);
        let names: Vec<&str> = manifest.settings.iter().map(|class| class.qualname.as_str()).collect();
        assert_eq!(names, ["A", "B", "C", "D", "E", "F"]);
    }
}
