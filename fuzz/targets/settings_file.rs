//! Files that settings classes read, in every format and some encodings.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::settings_file::run(text));
