//! The byte search.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::scan::run(text));
