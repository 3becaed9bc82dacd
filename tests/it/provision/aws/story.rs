//! Two environments on one server: created, used as a program uses them, kept apart, and removed without a trace.

use super::server::{Server, checkout, program, set_admin};

fn tells(server: &Server) {
    server.owner_runs("s3.create_bucket(Bucket='other')");
    let checkout = checkout("shop");
    let said = set_admin(&checkout, server, "dev");
    assert!(said.contains("checked S3 without TLS, as adm") && said.contains("There: 1 bucket"), "{said}");
    set_admin(&checkout, server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    for words in ["iam:CreateUser UserName=shop-dev-s3", "s3 PUT /shop-dev\n", "arn:aws:s3:::shop-dev/*", "iam:CreateAccessKey"]
    {
        assert!(planned.contains(words), "{words}: {planned}");
    }
    server.has_no_trace_of("shop");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "s3", "--env", "test"]).done();
    checkout.is_ready();
    assert_eq!(checkout.servers()[0]["provisioner"], "s3-server");
    assert_eq!(server.traces_of("shop"), "shop-dev shop-dev-s3 shop-test shop-test-s3");
    // The code's own region is that of another server.
    assert_eq!((checkout.value("BUCKET"), checkout.value("REGION")), ("shop-dev".to_owned(), "us-east-1".to_owned()));

    let objects = "tries(lambda: s3.put_object(Bucket='shop-dev', Key='a/b <&> \u{fc}', Body=b'one'),\n    \
                   lambda: s3.get_object(Bucket='shop-dev', Key='a/b <&> \u{fc}'), lambda: s3.list_objects_v2(Bucket='shop-dev'),\n    \
                   lambda: s3.create_multipart_upload(Bucket='shop-dev', Key='large'),\n    \
                   lambda: s3.put_object(Bucket='shop-dev', Key='gone', Body=b''), lambda: s3.delete_object(Bucket='shop-dev', Key='gone'))";
    assert_eq!(program(&checkout, server, "dev", objects), "done\n".repeat(6));

    // What it may not do.
    let forbidden = "tries(lambda: s3.list_objects_v2(Bucket='shop-test'), lambda: s3.put_object(Bucket='other', Key='a', Body=b''),\n    \
                     lambda: s3.get_object(Bucket='shop-test', Key='a'), lambda: s3.delete_bucket(Bucket='shop-dev'),\n    \
                     lambda: s3.create_bucket(Bucket='shop-more'), lambda: s3.put_bucket_tagging(Bucket='shop-dev', Tagging=dict(TagSet=[])),\n    \
                     lambda: s3.put_bucket_policy(Bucket='shop-dev', Policy='{}'), lambda: iam.list_users(),\n    \
                     lambda: iam.create_user(UserName='shop-more'), lambda: iam.create_access_key(UserName='shop-test-s3'))";
    assert_eq!(program(&checkout, server, "dev", forbidden), "AccessDenied\n".repeat(10));

    // The same again changes nothing; what somebody took away is repaired.
    let key = checkout.value("ACCESS_KEY");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(checkout.value("ACCESS_KEY"), key);
    for broken in [
        format!("iam.delete_access_key(UserName='shop-dev-s3', AccessKeyId='{key}')"),
        "iam.delete_user_policy(UserName='shop-dev-s3', PolicyName='takk')".to_owned(),
        "iam.create_access_key(UserName='shop-dev-s3')".to_owned(),
    ] {
        assert_eq!(server.owner_runs(&broken), "");
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!(program(&checkout, server, "dev", objects), "done\n".repeat(6), "{broken}");
        assert_eq!(
            server.owner_runs("print(len(iam.list_access_keys(UserName='shop-dev-s3')['AccessKeyMetadata']))").trim(),
            "1"
        );
    }
    assert_ne!(checkout.value("ACCESS_KEY"), key, "a secret key that nobody knows any more is replaced");

    // Removed with all versions of all objects.
    let versions = "s3.put_bucket_versioning(Bucket='shop-dev', VersioningConfiguration=dict(Status='Enabled'))\n\
                    for number in range(1005): s3.put_object(Bucket='shop-dev', Key=f'many/{number % 600}', Body=b'x')\n\
                    s3.delete_object(Bucket='shop-dev', Key='many/0')";
    assert_eq!(server.owner_runs(versions), "");
    let (old, secret) = (checkout.value("ACCESS_KEY"), checkout.value("SECRET_KEY"));
    checkout.takk(&["provision", "remove", "s3", "--env", "dev", "--confirm", "dev"]).done();
    assert_eq!(server.traces_of("shop-dev"), "");
    let said = server.runs(&server.url(), (&old, &secret), "us-east-1", "print(s3.list_objects_v2(Bucket='shop-test'))");
    assert!(said.starts_with("ERROR"), "{said}");
    assert_eq!(checkout.takk(&["secrets", "get", "SECRET_KEY", "--env", "dev"]).code, 2);
    let other = "tries(lambda: s3.put_object(Bucket='shop-test', Key='a', Body=b''))";
    assert_eq!(program(&checkout, server, "test", other), "done\n", "the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.has_no_trace_of("shop");
}

#[test]
fn on_seaweedfs() {
    tells(&Server::seaweedfs());
}

#[test]
fn on_moto() {
    tells(&Server::moto());
}

#[test]
fn a_bucket_that_is_gone_is_created_anew() {
    let server = Server::moto();
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.owner_runs("s3.delete_bucket(Bucket='shop-dev')"), "");
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1);
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&["provision", "remove", "s3", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
