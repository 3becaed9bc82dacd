//! A project as takk 0.1.40 compiles it.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::compiled::run(text));
