//! Logins that may not do what is needed, and addresses that name none.

use super::server::{Server, checkout, set, set_admin};

#[test]
fn what_cannot_create_anything_is_refused() {
    let server = Server::moto();
    let weak = server.new_user("weak", "s3:ListAllMyBuckets iam:GetUser iam:List*");
    let (read_only, tls) = (Server::read_only_seaweedfs(), format!("https://a:s3cret@127.0.0.1:{}", server.port));
    let checkout = checkout("shop");
    let refused = |environment: &str, address: &str, words: &[&str]| {
        let answer = set(&checkout, "s3", environment, address);
        let said = format!("{}{}", answer.out, answer.err);
        assert_eq!(answer.code, 2, "{said}");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert!(!said.contains("s3cret") && !said.contains(&weak.1) && !said.contains(&read_only.secret_key), "{said}");
        let listed = checkout.takk(&["provision", "admin", "list", "--env", environment]).done();
        assert!(listed.contains("has no admin address"), "{listed}");
    };
    let lacks = ["iam:DeleteUserPolicy and iam:DeleteAccessKey and iam:DeleteUser and s3:DeleteBucket", "a policy of the user"];
    refused("dev", &server.url_of(&weak.0, &weak.1), &lacks);
    refused("dev", &read_only.admin_url(), &["lacks the right to change users", "-s3.iam.readOnly=false"]);
    refused("dev", &server.url_of(&weak.0, "s3cret"), &["SignatureDoesNotMatch", "check access key and secret key"]);
    refused("dev", &read_only.url_of("nobody", "s3cret"), &["InvalidAccessKeyId", "check access key and secret key"]);
    refused("dev", &tls, &["TLS does not fit"]);
    refused("dev", "http://a:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    refused("dev", "s3://a:s3cret@127.0.0.1", &["`s3` is not `https` or `http`", "write it as https://ACCESS_KEY:SECRET_KEY@"]);
    refused("dev", "https://a:s3cret@host/path", &["must not have a path"]);
    refused("dev", "https://a:s3cret@host?iam=http://host", &["parameter `iam`"]);
    refused("prod", &server.admin_url(), &["level `full`", "https:// instead of http://"]);
}

#[test]
fn a_right_that_is_missing_in_between_is_named() {
    let server = Server::moto();
    let all = "iam:GetUser iam:List* iam:CreateUser iam:TagUser iam:PutUserPolicy iam:Delete* s3:*";
    let half = server.new_user("half", all);
    let checkout = checkout("shop");
    set(&checkout, "s3", "dev", &server.url_of(&half.0, &half.1)).done();
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("lacks iam:CreateAccessKey"), "{answer:?}");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&["provision", "remove", "s3", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}

#[test]
fn the_secret_key_of_an_admin_is_found_nowhere() {
    let server = Server::seaweedfs();
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let commands: &[&[&str]] = &[
        &["provision", "admin", "list", "--env", "dev"],
        &["--json", "provision", "admin", "list", "--env", "dev"],
        &["--json", "provision", "--env", "dev", "--dry-run"],
        &["secrets", "export", "--env", "dev"],
        &["run", "--env", "dev", "--", "env"],
        &["--json", "ps", "--env", "dev"],
        &["--json", "status", "--env", "dev"],
    ];
    for arguments in commands {
        let answer = checkout.takk(arguments);
        let said = format!("{}{}", answer.out, answer.err);
        assert!(answer.code == 0 && !said.contains(&server.secret_key), "{arguments:?}: {said}");
    }
}
