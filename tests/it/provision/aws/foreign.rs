//! What already has the names, and belongs to somebody else.

use super::server::{Server, checkout, program, set_admin};

#[test]
fn a_bucket_of_somebody_else_is_shown_and_left_alone_until_it_is_adopted() {
    for server in [Server::seaweedfs(), Server::moto()] {
        let begun = "s3.create_bucket(Bucket='shop-dev')\ns3.put_object(Bucket='shop-dev', Key='theirs', Body=b'one')\n\
                     iam.create_user(UserName='shop-dev-s3')\niam.create_access_key(UserName='shop-dev-s3')";
        assert_eq!(server.owner_runs(begun), "");
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        let answer = checkout.takk(&["provision", "--env", "dev"]);
        let said = format!("{}{}", answer.out, answer.err);
        assert_eq!(answer.code, 1, "{said}");
        for words in [
            "takk did not create the bucket shop-dev, and it has objects",
            "takk did not create the user shop-dev-s3, and it has 1 access key",
            "--adopt",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(checkout.servers().is_empty(), "nothing is stored");
        let tags = server.owner_runs("tries(lambda: s3.get_bucket_tagging(Bucket='shop-dev'))");
        assert!(tags.contains("NoSuchTagSet"), "nothing is changed: {tags}");

        checkout.takk(&["provision", "s3", "--adopt", "--env", "dev"]).done();
        let read = "print(s3.get_object(Bucket='shop-dev', Key='theirs')['Body'].read())";
        assert_eq!(program(&checkout, &server, "dev", read).trim(), "b'one'");
        checkout.takk(&["provision", "remove", "s3", "--env", "dev", "--confirm", "dev"]).done();
        server.has_no_trace_of("shop");
    }
}

#[test]
fn another_store_with_the_same_project_is_somebody_else() {
    let (server, other) = (Server::seaweedfs(), Server::moto());
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &server, "dev");
    set_admin(&ben, &server, "dev");
    anna.takk(&["provision", "--env", "dev"]).done();
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("for `shop` in `dev`, from another store"), "{answer:?}");
    anna.is_ready();
    ben.takk(&["provision", "s3", "--adopt", "--env", "dev"]).done();
    ben.is_ready();
    // It is no longer Anna's to remove.
    let remove = ["provision", "remove", "s3", "--env", "dev", "--confirm", "dev"];
    assert!(anna.takk(&remove).refused().contains("takk removes nothing"));
    ben.is_ready();
    // Nor is anything removed by the admin of another server.
    set_admin(&ben, &other, "dev");
    let refused = ben.takk(&remove).refused();
    assert!(refused.contains(&server.port.to_string()) && refused.contains(&other.port.to_string()), "{refused}");
    set_admin(&ben, &server, "dev");
    ben.takk(&remove).done();
    server.has_no_trace_of("shop");
    // What is gone needs no removal.
    anna.takk(&remove).done();
}
