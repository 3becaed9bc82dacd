//! Several modules, cut from one input at lines of `#---`; the package's `__init__` imports from each, and each may name the others.

use super::{Memory, read};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Looks at one input.
pub fn run(text: &[u8]) {
    let mut files = Memory::default();
    let mut init = String::new();
    for (name, part) in NAMES.iter().zip(parts(text)) {
        let others = NAMES.iter().filter(|other| *other != name).map(|other| format!("from .{other} import *\n"));
        let mut module = others.collect::<Vec<_>>().concat().into_bytes();
        module.extend_from_slice(part);
        files.0.insert(format!("app/{name}.py"), module);
        init.extend(["from .", *name, " import *\n"]);
    }
    files.0.insert("app/__init__.py".to_owned(), init.into_bytes());
    read(&files);
}

/// The text between the separators.
fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    const CUT: &[u8] = b"#---\n";
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let at = whole.windows(CUT.len()).position(|window| window == CUT);
        rest = at.map(|at| &whole[at + CUT.len()..]);
        Some(&whole[..at.unwrap_or(whole.len())])
    })
}
