//! Reference cycles among values, and how they are broken: a class refers to its scope, the scope to the values of its names,
//! and one of these is the class. Values are reference counted, so a cycle would never be freed.
//!
//! A new value refers only to existing values, so it cannot complete a cycle. Only later additions can: caches of scopes and
//! classes, and variables that are assigned. Code that adds to one of these registers its owner here, and dropping the
//! evaluator empties all of them.

use std::cell::RefCell;
use std::mem;
use std::rc::{Rc, Weak};

use super::scope::{Node, Shared};
use super::value::Class;

/// The owners of everything that gained values after its creation.
#[derive(Default)]
pub(super) struct Cycles<'a> {
    scopes: RefCell<Vec<Weak<Shared<'a>>>>,
    frames: RefCell<Vec<Weak<Node<'a>>>>,
    classes: RefCell<Vec<Weak<Class<'a>>>>,
}

impl<'a> Cycles<'a> {
    pub(super) fn scope(&self, scope: &Rc<Shared<'a>>) {
        self.scopes.borrow_mut().push(Rc::downgrade(scope));
    }

    /// A frame is registered for each of its variables, usually several times in a row, so this skips the frame that it just
    /// added.
    pub(super) fn frame(&self, frame: &Rc<Node<'a>>) {
        let mut frames = self.frames.borrow_mut();
        if frames.last().is_none_or(|last| last.as_ptr() != Rc::as_ptr(frame)) {
            frames.push(Rc::downgrade(frame));
        }
    }

    pub(super) fn class(&self, class: &Rc<Class<'a>>) {
        let mut classes = self.classes.borrow_mut();
        if classes.last().is_none_or(|last| last.as_ptr() != Rc::as_ptr(class)) {
            classes.push(Rc::downgrade(class));
        }
    }
}

impl Drop for Cycles<'_> {
    fn drop(&mut self) {
        // Takes the values first and drops them after the borrow ends, since dropping one owner may drop another.
        for scope in mem::take(self.scopes.get_mut()).iter().filter_map(Weak::upgrade) {
            drop(scope.forget());
        }
        for frame in mem::take(self.frames.get_mut()).iter().filter_map(Weak::upgrade) {
            drop(frame.variables().map(RefCell::take));
        }
        for class in mem::take(self.classes.get_mut()).iter().filter_map(Weak::upgrade) {
            drop((class.attributes.take(), class.found.take()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::rc::Rc;
    use std::sync::Arc;

    use super::super::{Assumptions, Evaluator, Value};
    use crate::modules::{Loader, Modules};

    struct OneFile(&'static str);

    impl Loader for OneFile {
        fn project_file(&self, _: &str) -> io::Result<Arc<Vec<u8>>> {
            Ok(Arc::new(self.0.as_bytes().to_vec()))
        }

        fn installed_file(&self, _: &str) -> Option<Vec<u8>> {
            None
        }

        fn installed_directory(&self, _: &str) -> bool {
            false
        }
    }

    /// Asserts that all values of a file's names are freed together with their evaluator.
    #[track_caller]
    fn is_freed(source: &'static str, names: &[&str]) {
        let loader = OneFile(source);
        let modules = Modules::new(&loader, vec!["a.py"], vec![String::new()], Vec::new(), || "");
        let evaluator = Evaluator::new(&modules, Assumptions::default());
        let file = modules.project_file("a.py").expect("a file");
        let mut classes = Vec::new();
        let mut functions = Vec::new();
        for name in names {
            match evaluator.module_name(file, name).unwrap_or_else(|| panic!("no {name}")) {
                Value::Class(class) => {
                    evaluator.resolution_order(&class);
                    evaluator.external_bases(&class);
                    evaluator.class_members(&class);
                    evaluator.members(&class);
                    classes.push(Rc::downgrade(&class));
                }
                Value::Function(function) => functions.push(Rc::downgrade(&function)),
                Value::Member(member) => classes.push(Rc::downgrade(&member.class)),
                _ => {}
            }
        }
        assert!(!classes.is_empty() || !functions.is_empty(), "nothing to look at");
        drop(evaluator);
        assert!(classes.iter().all(|class| class.upgrade().is_none()), "a class is left: {source}");
        assert!(functions.iter().all(|function| function.upgrade().is_none()), "a function is left: {source}");
    }

    #[test]
    fn everything_is_freed_with_the_evaluator() {
        is_freed("class A:\n    b: 'A'\n    def f(self): return A\n", &["A"]);
        is_freed("class A: pass\nclass B(A):\n    class C(A): x = 1\nA.b = B\n", &["A", "B"]);
        is_freed("import enum\nclass E(enum.Enum):\n    A = 1\n    B = A\nM = E.A\n", &["E", "M"]);
        is_freed(
            "def make(x):\n    def inner(): return inner\n    y = inner\n    class L:\n        z = y\n    return L\nA = make(1)\n",
            &["make", "A"],
        );
        is_freed("def f():\n    g = lambda: g\n    return g\nG = f()\n", &["f", "G"]);
        is_freed("from pydantic import create_model\nM = create_model('M', a=(int, 1))\nM.me = M\n", &["M"]);
        is_freed("class A: pass\nfor i in [1, 2]:\n    if (x := A):\n        A.last = [x, lambda: x]\n", &["A"]);
    }
}
