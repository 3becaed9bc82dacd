//! Input from a file or the standard input.

use std::path::Path;

use zeroize::Zeroizing;

use takk_files::MOST;
use takk_model::Refused;
use takk_model::error::{Error, Result};
use takk_vault::SecretValue;

/// The text of a file.
pub(in super::super) fn read_file(path: &Path) -> Result<SecretValue> {
    text(&format!("`{}`", path.display()), takk_files::given(path, MOST).map(Zeroizing::new))
}

/// The content of standard input.
pub(in super::super) fn read_stdin() -> Result<SecretValue> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = takk_files::read_into(&mut std::io::stdin().lock(), &mut bytes, MOST);
    text("standard input", read.map(|()| bytes))
}

fn text(what: &str, read: std::io::Result<Zeroizing<Vec<u8>>>) -> Result<SecretValue> {
    let mut bytes = read.map_err(|error| {
        let is_refused = Refused::of(&error).is_some();
        let error = Error::system(format!("cannot read {what}")).caused_by(error);
        if is_refused { error.hint("pipe it: `takk … - < file`, up to 16 MiB of text") } else { error }
    })?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(SecretValue::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(Error::usage(format!("{what} is not UTF-8 text")).hint("encode it, as base64 for example"))
        }
    }
}
