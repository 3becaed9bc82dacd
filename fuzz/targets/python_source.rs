//! One module, and a fixed one that imports from it.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::python_source::run(text));
