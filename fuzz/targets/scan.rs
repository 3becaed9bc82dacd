//! The byte search.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    takk::python::scan::scan(text, &|_| Some("x"));
});
