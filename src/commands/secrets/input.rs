//! What is handed over in a file or on the standard input.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};
use crate::secrets::SecretValue;

/// The text of a file.
pub(super) fn read_file(path: &Path) -> Result<SecretValue> {
    let unreadable = |error| Error::environment(format!("cannot read `{}`", path.display())).caused_by(error);
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    read_text(&format!("`{}`", path.display()), &mut file)
}

/// The text on the standard input.
pub(in super::super) fn read_stdin() -> Result<SecretValue> {
    read_text("the standard input", &mut std::io::stdin().lock())
}

fn read_text(what: &str, source: &mut dyn Read) -> Result<SecretValue> {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    source.read_to_end(&mut bytes).map_err(|error| Error::environment(format!("cannot read {what}")).caused_by(error))?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(SecretValue::new(text)),
        Err(error) => {
            drop(zeroize::Zeroizing::new(error.into_bytes()));
            Err(Error::usage(format!("{what} is not UTF-8 text")).hint("encode it, as base64 for example"))
        }
    }
}
