//! Files that settings classes read, in every format and some encodings.

#![no_main]

use libfuzzer_sys::fuzz_target;
use takk::document::data::{Format, read};

fuzz_target!(|text: &[u8]| {
    for format in [Format::Toml, Format::Yaml, Format::Json] {
        for encoding in [None, Some("latin-1"), Some("utf-16")] {
            let first = read(format, text, encoding);
            assert!(first == read(format, text, encoding), "the same every time");
        }
    }
});
