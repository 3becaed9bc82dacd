//! One login with an address that somebody typed, before it is stored. This server connects to where a caller says, so only those who may
//! set the values may have it do so, and the audit log records where.

use super::authorize::AuthorizedAccess;
use super::own_platform::{Behalf, OwnPlatform};
use super::{Hosted, Refusal, Result};
use takk_provision::login::{NotReady, TypedAddress};

/// The longest address.
const LONGEST: usize = 4_000;

/// Logs in once with an address for a resource of a kind. Returns what happened, as a sentence, and whether the login works.
pub fn test(hosted: &mut Hosted, visit: &AuthorizedAccess, key: &str, kind: &str, address: &str) -> Result<(bool, String)> {
    if address.trim().is_empty() {
        return Ok((false, "Enter an address to test it.".to_owned()));
    }
    if address.len() > LONGEST {
        return Err(Refusal::invalid(format!("an address can have at most {LONGEST} bytes")));
    }
    let target = match TypedAddress::parse(kind, address) {
        Ok(target) => target,
        Err(why) => return Ok((false, format!("Cannot use this address: {why}."))),
    };
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    let recorded = platform.record(&visit.environment, "connection.test", &[key.to_owned(), target.place()]);
    recorded.map_err(|error| platform.refusal(error))?;
    Ok(match target.log_in() {
        Ok(accepted) => {
            let version = accepted.version.map(|version| format!(", version {version}")).unwrap_or_default();
            (true, format!("The login works: {}{version}.", target.place()))
        }
        Err(reason) => (false, format!("The login does not work: {}. {}", without_end(&reason.to_string()), advice(&reason))),
    })
}

fn without_end(text: &str) -> &str {
    text.trim_end_matches('.')
}

/// What to do about it.
fn advice(reason: &NotReady) -> &'static str {
    match reason {
        NotReady::NoAnswer(_) => "Check host and port, and whether this server may connect to it.",
        NotReady::Starting(_) => "Try again in a moment.",
        NotReady::Refused(_) => "Check user, password and database, and whether the server requires TLS.",
        NotReady::Incomplete(_) | NotReady::Open | NotReady::OtherServer(_) => "Check host and port.",
    }
}
