//! takk is killed after every step. The same command cures it.

use super::super::cure::Cure;
use super::server::{Server, checkout, program, set_admin};
use crate::up::project::Checkout;

const KEY: &str = "s3/default";
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

const CURE: Cure<'_, Server> = Cure {
    key: KEY,
    steps: &["user", "policy", "bucket", "key", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: None,
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// One bucket, and one user with one key, which can write into it.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    assert_eq!(server.traces_of("shop"), "shop-dev shop-dev-s3", "{point}");
    // A key whose secret was lost is not left behind.
    let keys = server.owner_runs(
        "print(*[key['AccessKeyId'] for key in iam.list_access_keys(UserName='shop-dev-s3')['AccessKeyMetadata']])",
    );
    assert_eq!(keys.trim(), checkout.value("ACCESS_KEY"), "{point}");
    let put = "tries(lambda: s3.put_object(Bucket='shop-dev', Key='a', Body=b'one'))";
    assert_eq!(program(checkout, server, "dev", put), "done\n", "{point}");
}

#[test]
fn a_bucket_is_cured_after_every_step() {
    CURE.after_every_step(&mut Server::seaweedfs());
}

#[test]
fn what_was_created_and_not_yet_marked_is_taken_for_ones_own() {
    let server = Server::seaweedfs();
    for (point, begun) in
        [("reserved", "iam.create_user(UserName='shop-dev-s3')"), ("policy:stored", "s3.create_bucket(Bucket='shop-dev')")]
    {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.killed_after(&format!("{KEY}:{point}"), &["provision", "--env", "dev"]);
        assert_eq!(server.owner_runs(begun), "");
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        checkout.takk(&REMOVE).done();
        server.has_no_trace_of("shop");
    }
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let parts = [
        "s3.delete_bucket(Bucket='shop-dev')",
        "iam.delete_user_policy(UserName='shop-dev-s3', PolicyName='takk')",
        "[iam.delete_access_key(UserName='shop-dev-s3', AccessKeyId=key['AccessKeyId']) for key in \
         iam.list_access_keys(UserName='shop-dev-s3')['AccessKeyMetadata']]\n\
         iam.delete_user_policy(UserName='shop-dev-s3', PolicyName='takk')\niam.delete_user(UserName='shop-dev-s3')",
    ];
    CURE.with_half_of_it_gone(&mut Server::moto(), &parts, |server, _, part| assert_eq!(server.owner_runs(part), ""));
}
