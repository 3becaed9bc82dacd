//! takk is killed after every step, or the server is restarted in between. The same command cures it.

use super::super::cure::Cure;
use super::server::{Keeps, Server, checkout, set_admin};
use crate::up::project::Checkout;

const CURE: Cure<'_, Server> = Cure {
    key: "redis/default",
    steps: &["mark", "user", "saved", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: Some((|server| server.stop(), |server| server.start(&[]))),
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// One user, who can use the keys with the prefix.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    assert_eq!(server.root(&["ACL", "LIST"]).matches("user shop").count(), 1, "{point}");
    let url = checkout.value("REDIS_URL");
    server.by_url(&url, &["SET", "shop_dev:a", "1"]).unwrap_or_else(|said| panic!("{point}: {said}"));
}

fn is_cured(keeps: Keeps) {
    let Some(mut server) = Server::new(keeps) else { return };
    CURE.after_every_step(&mut server);
}

#[test]
fn it_is_cured_after_every_step() {
    is_cured(Keeps::AclFile);
}

#[test]
fn so_it_is_where_a_restart_forgets_the_user() {
    is_cured(Keeps::Nowhere);
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(mut server) = Server::new(Keeps::AclFile) else { return };
    let (mark, user) = (&["DEL", "takk:owner:shop_dev"][..], &["ACL", "DELUSER", "shop_dev"][..]);
    let parts = [&[mark][..], &[user], &[mark, user]];
    CURE.with_half_of_it_gone(&mut server, &parts, |server, checkout, part| {
        server.by_url(&checkout.value("REDIS_URL"), &["SET", "shop_dev:a", "1"]).expect("it may");
        for command in *part {
            server.root(command);
        }
    });
}
