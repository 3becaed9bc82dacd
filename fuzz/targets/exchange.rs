//! Files of variables, in every format; what was read is written in every format that can hold it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use takk::exchange::{Format, Reading, WriteFormat, read, write};

fuzz_target!(|text: &str| {
    // No environment has an empty name: what is written for a `$` relies on it.
    let known = |name: &str| (!name.is_empty() && name.len() % 2 == 0).then(|| "known".to_owned());
    for format in [Format::Dotenv, Format::Json, Format::Yaml] {
        let reading = read(format, text, &known);
        let entries = pairs(&reading);
        for (format, back) in [
            (WriteFormat::Dotenv, Some(Format::Dotenv)),
            (WriteFormat::Json, Some(Format::Json)),
            (WriteFormat::Yaml, Some(Format::Yaml)),
            (WriteFormat::Shell, None),
            (WriteFormat::Docker, None),
        ] {
            let (Ok(written), Some(back)) = (write(format, &entries), back) else { continue };
            assert!(pairs(&read(back, &written, &known)) == entries, "{format:?} reads back");
        }
    }
    Format::detect("x", text);
});

fn pairs(reading: &Reading) -> Vec<(&str, &str)> {
    reading.entries.iter().map(|entry| (entry.name.as_str(), entry.value.as_str())).collect()
}
