//! Users from a team server.

use super::cluster::{Cluster, checkout, set_admin};
use crate::provision::team::comes_and_goes;

#[test]
fn a_user_comes_and_goes() {
    let cluster = Cluster::new();
    comes_and_goes(
        "opensearch",
        checkout,
        |owner| drop(set_admin(owner, &cluster, "dev")),
        |checkout| {
            let user = checkout.value("OPENSEARCH_USER");
            assert_eq!(cluster.state().passwords[&user], checkout.value("OPENSEARCH_PASSWORD"));
        },
        || cluster.has_no_trace_of("shop"),
    );
}
