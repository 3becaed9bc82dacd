//! `takk store rekey`

use std::path::PathBuf;

use super::super::{Outcome, Session};
use crate::error::Result;
use crate::ops::store::rekey;
use crate::ui::{json, store_text};

/// Give the store a new master key
///
/// The key goes where the present one is: the keyring, or the file beside the store. Earlier backups need the old key.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// Write the new key to this file, where a variable gives the present one
    #[arg(long, value_name = "PATH")]
    new_key_file: Option<PathBuf>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let rekeyed = rekey::rekey(&session.home, args.new_key_file.as_deref())?;
    if session.json {
        session.output.data(&json::json(&rekeyed)?)?;
    }
    session.output.note(&store_text::rekeyed(&rekeyed));
    Ok(Outcome::Clean)
}
