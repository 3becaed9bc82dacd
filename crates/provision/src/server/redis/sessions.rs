//! The connections that are open with the user of a resource.

use takk_model::error::Result;

use super::super::OpenSession;
use super::admin::{RedisAdmin, failed};
use super::found::Found;
use super::rules::Terms;
use crate::ledger::Entry;

pub(super) fn read(admin: &RedisAdmin, entry: &Entry, now: i64) -> Result<Vec<OpenSession>> {
    let terms = Terms::of(entry)?;
    let (mut session, _) = admin.open()?;
    if !Found::read(&mut session, admin, entry, &terms)?.is_ours() {
        return Ok(Vec::new());
    }
    let list = session.ask(&["CLIENT", "LIST"]);
    let list = list.map_err(|error| failed(&format!("{}: cannot read its open sessions", entry.key()), &error))?;
    let mut sessions: Vec<OpenSession> = list.text().lines().filter_map(|line| of_line(line, &terms.user, now)).collect();
    sessions.sort_by_key(|session| session.opened_at);
    Ok(sessions)
}

/// The connection in a line of `CLIENT LIST`, if it is the user's: `id=3 addr=127.0.0.1:5 name=web age=7 idle=0 cmd=get user=shop`. A name
/// cannot contain spaces.
fn of_line(line: &str, user: &str, now: i64) -> Option<OpenSession> {
    let field = |name: &str| line.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let said = |name: &str| field(name).map(str::to_owned).filter(|text| !text.is_empty());
    let seconds = |name: &str| field(name)?.parse::<i64>().ok();
    (field("user") == Some(user)).then(|| OpenSession {
        user: user.to_owned(),
        address: said("addr"),
        application: said("name").or_else(|| said("lib-name")),
        opened_at: seconds("age").map(|age| now - age.saturating_mul(1000)),
        // The command alone, without its arguments.
        state: said("cmd").filter(|command| command != "NULL").map(|command| format!("last command {command}")),
        state_for: seconds("idle"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_of_another_user_is_not_shown() {
        let line = "id=3 addr=10.0.0.7:51 laddr=10.0.0.1:6379 name=web age=7 idle=2 flags=N cmd=client|list user=shop lib-name=redis-py";
        let session = of_line(line, "shop", 1_000_000).expect("it is the user's");
        assert_eq!((session.address.as_deref(), session.application.as_deref()), (Some("10.0.0.7:51"), Some("web")));
        assert_eq!((session.opened_at, session.state_for), (Some(993_000), Some(2)));
        assert_eq!(session.state.as_deref(), Some("last command client|list"));
        assert!(of_line(line, "sho", 0).is_none() && of_line("", "", 0).is_none());
        assert!(of_line("addr=1 name=user=shop user=other", "shop", 0).is_none());
        let unnamed = of_line("addr=1 name= user=shop lib-name=redis-py cmd=NULL", "shop", 0).expect("it is the user's");
        assert_eq!((unnamed.application.as_deref(), unnamed.state), (Some("redis-py"), None));
    }
}
