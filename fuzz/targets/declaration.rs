//! The declaration that a client sends to a server: parses it, computes the plan of an environment, and validates a value with
//! every field.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| takk_fuzz::declaration::run(text));
