//! takk's own settings, in either file.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::config::run(text));
