//! takk is killed after every step. The same command cures it.

use super::super::cure::Cure;
use super::broker::{Broker, checkout, program, set_admin};
use crate::up::project::Checkout;

const CURE: Cure<'_, Broker> = Cure {
    key: "amqp/default",
    steps: &["vhost", "user", "permissions", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, broker| {
        set_admin(checkout, broker, "dev");
    },
    // It takes too long to start.
    restart: None,
    is_whole,
    is_gone: |broker| broker.has_no_trace_of("shop"),
};

/// One virtual host, and one user who can declare a queue in it.
#[track_caller]
fn is_whole(checkout: &Checkout, broker: &Broker, point: &str) {
    let of_shop = |what: &str| broker.names(what).iter().filter(|name| name.starts_with("shop")).count();
    assert_eq!((of_shop("vhosts"), of_shop("users")), (1, 1), "{point}");
    let said = program(&checkout.value("BROKER"), None, "channel.queue_declare('a'); print('declared')");
    assert!(said.contains("declared"), "{point}: {said}");
}

#[test]
fn a_virtual_host_is_cured_after_every_step() {
    let Some(mut broker) = Broker::new() else { return };
    CURE.after_every_step(&mut broker);
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(mut broker) = Broker::new() else { return };
    let parts = [&["vhosts/shop_dev"][..], &["users/shop_dev_1"], &["vhosts/shop_dev", "users/shop_dev_1"]];
    CURE.with_half_of_it_gone(&mut broker, &parts, |broker, _, part| {
        for path in *part {
            broker.api("DELETE", path, "");
        }
    });
}
