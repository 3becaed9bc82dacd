//! Files that settings classes read, in every format and some encodings.

use takk_document::data::{Format, read};

/// Looks at one input.
pub fn run(text: &[u8]) {
    for format in [Format::Toml, Format::Yaml, Format::Json] {
        for encoding in [None, Some("latin-1"), Some("utf-16")] {
            let first = read(format, text, encoding);
            assert!(first == read(format, text, encoding), "the same every time");
        }
    }
}
