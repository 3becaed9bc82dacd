//! takk is killed after every step. The same command cures it.

use super::super::cure::Cure;
use super::cluster::{Cluster, checkout, set_admin};
use crate::up::project::Checkout;

const CURE: Cure<'_, Cluster> = Cure {
    key: "opensearch/default",
    steps: &["role", "user", "mapping", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, cluster| {
        set_admin(checkout, cluster, "dev");
    },
    restart: None,
    is_whole,
    is_gone: |cluster| cluster.has_no_trace_of("shop_dev"),
};

/// A user, a role and a mapping, and an index that the program creates.
#[track_caller]
fn is_whole(checkout: &Checkout, cluster: &Cluster, point: &str) {
    assert_eq!(cluster.state().passwords["shop_dev_1"], checkout.value("OPENSEARCH_PASSWORD"), "{point}");
    assert_eq!(cluster.state().named.len(), 3, "{point}");
    cluster.state().indices.insert("shop_dev-orders".to_owned());
}

#[test]
fn a_user_is_cured_after_every_step() {
    CURE.after_every_step(&mut Cluster::new());
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let parts = [("internalusers", "shop_dev_1"), ("rolesmapping", "shop_dev"), ("roles", "shop_dev")];
    CURE.with_half_of_it_gone(&mut Cluster::new(), &parts, |cluster, _, (kind, name)| cluster.delete(kind, name));
}
