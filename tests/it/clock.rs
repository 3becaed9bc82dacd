//! Wrong clocks, simulated with libfaketime (Debian's `faketime`).

use std::path::PathBuf;

/// Variables that shift a program's clock by `by`, such as `+2d` or `-1h`. `None`, with a message, without libfaketime.
pub(crate) fn skewed(by: &'static str) -> Option<[(&'static str, String); 3]> {
    let libraries = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path().join("faketime/libfaketime.so.1"));
    let Some(library) = libraries.into_iter().find(|path: &PathBuf| path.exists()) else {
        eprintln!("skipped: libfaketime is not installed (apt-get install faketime)");
        return None;
    };
    // A monotonic clock is right on every machine.
    let passing = ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned());
    Some([("LD_PRELOAD", library.to_str().expect("text").to_owned()), ("FAKETIME", by.to_owned()), passing])
}

/// The same as borrowed texts.
pub(crate) fn borrowed<'v>(variables: &'v [(&'static str, String)]) -> Vec<(&'static str, &'v str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
