//! The connections that are open with the user of a resource. The management API learns of a new one within a few seconds.

use serde_json::Value;
use takk_model::error::Result;

use super::super::OpenSession;
use super::admin::{RabbitAdmin, in_path};
use super::found::{Found, name};
use crate::ledger::Entry;

pub(super) fn read(admin: &RabbitAdmin, entry: &Entry) -> Result<Vec<OpenSession>> {
    admin.open()?;
    let found = Found::read(admin, entry)?;
    // A user that is no longer takk's is somebody else's, and so are its connections.
    if !found.user.is_some_and(|user| user.is_ours) {
        return Ok(Vec::new());
    }
    let doing = format!("{}: cannot read its open sessions", entry.key());
    let path = format!("{}/connections", in_path("vhosts", &[name(entry, "vhost")]));
    let list = admin.api.get(&path).map_err(|refusal| refusal.error(&doing))?.unwrap_or_default();
    let all = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut sessions: Vec<OpenSession> = all.iter().filter_map(|one| of_connection(one, name(entry, "username"))).collect();
    sessions.sort_by_key(|session| session.opened_at);
    Ok(sessions)
}

/// A connection of the API, if it is the user's.
fn of_connection(connection: &Value, user: &str) -> Option<OpenSession> {
    let said = |value: &Value| value.as_str().map(str::to_owned).filter(|text| !text.is_empty());
    let properties = &connection["client_properties"];
    let names = [&connection["user_provided_name"], &properties["connection_name"], &properties["product"]];
    (connection["user"] == user).then(|| OpenSession {
        user: user.to_owned(),
        address: said(&connection["peer_host"]).map(|host| match &connection["peer_port"] {
            Value::Number(port) => format!("{host}:{port}"),
            _ => host,
        }),
        application: names.into_iter().find_map(said),
        opened_at: connection["connected_at"].as_i64(),
        state: said(&connection["state"]),
        state_for: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_connection_is_the_users() {
        let connection = json!({
            "user": "shop", "peer_host": "10.0.0.7", "peer_port": 51, "connected_at": 7, "state": "running",
            "client_properties": { "product": "pika" },
        });
        let session = of_connection(&connection, "shop").expect("it is the user's");
        assert_eq!((session.address.as_deref(), session.application.as_deref()), (Some("10.0.0.7:51"), Some("pika")));
        assert_eq!((session.opened_at, session.state.as_deref()), (Some(7), Some("running")));
        assert!(of_connection(&connection, "sho").is_none() && of_connection(&json!([]), "").is_none());
    }
}
