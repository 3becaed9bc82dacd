//! Files of variables in every format. What was read is written in every format that can represent it.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| takk_fuzz::exchange::run(text));
