//! takk is killed after every step. The same command cures it.

use super::server::{Server, checkout, program, set_admin};

const KEY: &str = "s3/default";
const STEPS: [&str; 5] = ["user", "policy", "bucket", "key", "login"];
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

#[test]
fn a_bucket_is_cured_after_every_step() {
    let server = Server::seaweedfs();
    let written = STEPS.iter().flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    for (number, point) in points.enumerate() {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.killed_after(&point, &["provision", "--env", "dev"]);
        let first = checkout.servers().first().map(|server| server["credential"].clone());
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        let servers = checkout.servers();
        assert_eq!((servers.len(), &servers[0]["generation"], &servers[0]["state"]), (1, &1.into(), &"live".into()), "{point}");
        assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}");
        assert_eq!(server.traces_of("shop"), "shop-dev shop-dev-s3", "{point}");
        // A key whose secret was lost is not left behind.
        let keys = server.owner_runs(
            "print(*[key['AccessKeyId'] for key in iam.list_access_keys(UserName='shop-dev-s3')['AccessKeyMetadata']])",
        );
        assert_eq!(keys.trim(), checkout.value("ACCESS_KEY"), "{point}");
        let put = "tries(lambda: s3.put_object(Bucket='shop-dev', Key='a', Body=b'one'))";
        assert_eq!(program(&checkout, &server, "dev", put), "done\n", "{point}");
        // And on the way out.
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        checkout.killed_after(&out[number % 2], &REMOVE);
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{point}");
        server.has_no_trace_of("shop");
    }
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
    let server = Server::moto();
    for gone in [
        "s3.delete_bucket(Bucket='shop-dev')",
        "iam.delete_user_policy(UserName='shop-dev-s3', PolicyName='takk')",
        "[iam.delete_access_key(UserName='shop-dev-s3', AccessKeyId=key['AccessKeyId']) for key in \
         iam.list_access_keys(UserName='shop-dev-s3')['AccessKeyMetadata']]\n\
         iam.delete_user_policy(UserName='shop-dev-s3', PolicyName='takk')\niam.delete_user(UserName='shop-dev-s3')",
    ] {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.takk(&["provision", "--env", "dev"]).done();
        assert_eq!(server.owner_runs(gone), "");
        checkout.takk(&REMOVE).done();
        server.has_no_trace_of("shop");
    }
}
