//! `pylock.toml`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| takk_fuzz::read_packages("pylock.toml", content));
