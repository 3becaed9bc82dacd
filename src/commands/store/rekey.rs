//! `takk store rekey`

use std::path::PathBuf;

use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, rekey};

/// Give the store a new master key
///
/// The key goes where the present one is: the keyring, or the file beside the store. Earlier backups need the old key.
/// Servers answer 503 until they find the new key where they found the old one.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// Write the new key to this file, where a variable gives the present one
    #[arg(long, value_name = "PATH")]
    new_key_file: Option<PathBuf>,
}

pub(super) fn run(args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let rekeyed = rekey::rekey(store, args.new_key_file.as_deref())?;
    if session.json {
        session.output.data(&json::json(&rekeyed)?)?;
    }
    session.output.note(&store_text::rekeyed(&rekeyed));
    Ok(Outcome::Clean)
}
