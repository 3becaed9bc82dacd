//! Files of variables, in every format; what was read is written in every format that can hold it.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| takk_fuzz::exchange::run(text));
