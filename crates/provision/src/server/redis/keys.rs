//! The keys with a prefix, in every database of a server.

use super::session::{Session, SessionError};

/// How many keys a server looks at before it answers.
const BATCH: &str = "1000";

/// What gets keys in batches, in the database that they are in; whether it wants more.
type Sink<'s> = dyn FnMut(&mut Session, &[String]) -> Result<bool, SessionError> + 's;

/// How many there are; at most `most`.
pub(super) fn count(session: &mut Session, prefix: &str, most: usize) -> Result<usize, SessionError> {
    let mut found = 0;
    each(session, prefix, &mut |_, keys| {
        found += keys.len();
        Ok(found < most)
    })?;
    Ok(found.min(most))
}

/// Deletes them.
pub(super) fn delete(session: &mut Session, prefix: &str) -> Result<(), SessionError> {
    each(session, prefix, &mut |session, keys| {
        if !keys.is_empty() {
            let command: Vec<&str> = ["UNLINK"].into_iter().chain(keys.iter().map(String::as_str)).collect();
            session.ask(&command)?;
        }
        Ok(true)
    })
}

/// Passes them on in batches, for as long as `sink` wants more. Ends in database 0, where it began.
fn each(session: &mut Session, prefix: &str, sink: &mut Sink<'_>) -> Result<(), SessionError> {
    let information = session.ask(&["INFO", "keyspace"])?;
    let databases = information.text().lines().filter_map(|line| line.strip_prefix("db")?.split(':').next());
    let pattern = format!("{prefix}*");
    let mut wants_more = true;
    for database in databases {
        session.ask(&["SELECT", database])?;
        let mut cursor = "0".to_owned();
        while wants_more {
            let reply = session.ask(&["SCAN", &cursor, "MATCH", &pattern, "COUNT", BATCH])?;
            let [next, keys] = reply.list() else { break };
            let keys: Vec<String> = keys.list().iter().map(|key| key.text().to_owned()).collect();
            wants_more = sink(session, &keys)?;
            cursor = next.text().to_owned();
            if cursor == "0" {
                break;
            }
        }
    }
    session.ask(&["SELECT", "0"]).map(|_| ())
}
