//! What the code needs, as somebody sends it to a server: read, set against an environment, and every field asked about a value.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::declaration::run(text));
