//! Several modules, cut from one input at lines of `#---`; the package's `__init__` imports from each, and each may name the others.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::python_project::run(text));
