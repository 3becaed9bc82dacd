//! The byte search.

/// Looks at one input.
pub fn run(text: &[u8]) {
    takk_python::scan::scan(text, &|_| Some("x"));
}
