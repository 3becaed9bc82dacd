//! Files of variables in every format. What was read is written in every format that can represent it.

use takk_project::exchange::{Addition, Edited, Format, Reading, WriteFormat, read, write};

/// Looks at one input.
pub fn run(text: &str) {
    // No variable has an empty name: the representation of a `$` depends on that.
    let known = |name: &str| (!name.is_empty() && name.len().is_multiple_of(2)).then(|| "known".to_owned());
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
    let lines = "# new\nA_NEW_NAME='a b'\n".to_owned();
    let edited = Edited::new(text.to_owned());
    let additions = [Addition { behind: edited.mentions().len().checked_sub(1), lines }];
    if let Ok(bytes) = edited.with(&additions) {
        let again = Edited::decode(bytes).expect("UTF-8 stays what it is");
        assert!(again.find(&["A_NEW_NAME"]).is_some(), "what was added is there");
    }
    Format::detect("x", text);
}

fn pairs(reading: &Reading) -> Vec<(&str, &str)> {
    reading.entries.iter().map(|entry| (entry.name.as_str(), entry.value.as_str())).collect()
}
