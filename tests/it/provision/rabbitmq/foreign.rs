//! What already has the names and belongs to somebody else, and logins that may not do what is needed.

use super::broker::{ADMIN, Broker, checkout, program, set, set_admin};

#[test]
fn what_cannot_create_anything_is_refused() {
    let Some(broker) = Broker::new() else { return };
    let checkout = checkout("shop");
    let refused = |environment: &str, address: &str, words: &[&str]| {
        let answer = set(&checkout, environment, address);
        let said = format!("{}{}", answer.out, answer.err);
        assert_eq!(answer.code, 2, "{said}");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert!(!said.contains(ADMIN) && !said.contains("s3cret"), "{said}");
        let listed = checkout.takk(&["provision", "admin", "list", "--env", environment]).done();
        assert!(listed.contains("has no admin address"), "{listed}");
    };
    let tag = ["lacks the tag administrator", "rabbitmqctl set_user_tags"];
    refused("dev", &broker.url_of("weak", "s3cret"), &tag);
    refused("dev", &broker.url_of("looks", "s3cret"), &tag);
    refused("dev", &broker.url_of("adm", "s3cret"), &["Login failed", "check user and password"]);
    refused("dev", &format!("http://adm:s3cret@127.0.0.1:{}", broker.port), &["cannot use http://adm@127.0.0.1"]);
    refused("dev", &format!("https://adm:s3cret@127.0.0.1:{}", broker.api), &["TLS does not fit"]);
    refused("dev", "http://adm:s3cret@127.0.0.1:1", &["no answer", "check host and port"]);
    refused("dev", "amqp://adm:s3cret@127.0.0.1", &["`amqp` is not `https` or `http`", "write it as https://user:password@"]);
    refused("dev", "s3cret", &["not a URL"]);
    refused("dev", &format!("{}?amqp=s3cret", broker.url_of("adm", "s3cret")), &["`amqp` of the address"]);
    refused("dev", &format!("{}?vhost=x", broker.url_of("adm", "s3cret")), &["`amqp`, `cacertfile`"]);
    refused("dev", &format!("{}/other", broker.url_of("adm", ADMIN)), &["not the management API"]);
    refused("prod", &broker.admin_url(), &["level `full`", "https:// instead of http://"]);
    let help = checkout.takk(&["provision", "admin", "set", "--help"]).done();
    assert!(help.contains("https://user:password@host:15671"), "{help}");
}

#[test]
fn a_virtual_host_of_somebody_else_is_shown_and_left_alone_until_it_is_adopted() {
    let Some(broker) = Broker::new() else { return };
    broker.api("PUT", "vhosts/shop_dev", r#"{"description":"of the team"}"#);
    broker.api("PUT", "queues/shop_dev/orders", r#"{"durable":true}"#);
    broker.api("PUT", "users/shop_dev_1", r#"{"password":"x","tags":""}"#);
    let checkout = checkout("shop");
    set_admin(&checkout, &broker, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let said = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.code, 1, "{said}");
    for words in
        ["takk did not create the virtual host shop_dev, and it has 1 queue", "takk did not create the user", "--adopt"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(checkout.servers().is_empty(), "nothing is stored");
    assert_eq!(broker.api("GET", "vhosts/shop_dev", "")["description"], "of the team", "nothing is changed");

    checkout.takk(&["provision", "amqp", "--adopt", "--env", "dev"]).done();
    let url = checkout.value("BROKER");
    let said = program(&url, None, "channel.queue_declare('orders', passive=True); print('it is there')");
    assert!(said.contains("it is there"), "{said}");
    checkout.takk(&["provision", "remove", "amqp", "--env", "dev", "--confirm", "dev"]).done();
    broker.has_no_trace_of("shop");
}

#[test]
fn another_store_with_the_same_project_is_somebody_else() {
    let (Some(broker), Some(other)) = (Broker::new(), Broker::new()) else { return };
    let (anna, ben) = (checkout("shop"), checkout("shop"));
    set_admin(&anna, &broker, "dev");
    set_admin(&ben, &broker, "dev");
    anna.takk(&["provision", "--env", "dev"]).done();
    let answer = ben.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("from another store"), "{answer:?}");
    anna.is_ready();
    ben.takk(&["provision", "amqp", "--adopt", "--env", "dev"]).done();
    ben.is_ready();
    // It is no longer Anna's to remove.
    let remove = ["provision", "remove", "amqp", "--env", "dev", "--confirm", "dev"];
    assert!(anna.takk(&remove).refused().contains("takk removes nothing"));
    ben.is_ready();
    // Nor is anything removed by the admin of another broker.
    set_admin(&ben, &other, "dev");
    let refused = ben.takk(&remove).refused();
    assert!(refused.contains(&format!("127.0.0.1:{}", broker.api)) && refused.contains(&other.api.to_string()), "{refused}");
    set_admin(&ben, &broker, "dev");
    ben.takk(&remove).done();
    broker.has_no_trace_of("shop");
    // What is gone needs no removal.
    anna.takk(&remove).done();
}

#[test]
fn an_administrator_of_that_name_is_never_taken_over() {
    let Some(broker) = Broker::new() else { return };
    broker.api("PUT", "users/shop_dev_1", r#"{"password":"x","tags":"administrator"}"#);
    let checkout = checkout("shop");
    set_admin(&checkout, &broker, "dev");
    for arguments in [&["provision", "--env", "dev"][..], &["provision", "amqp", "--adopt", "--env", "dev"]] {
        let answer = checkout.takk(arguments);
        assert!(answer.code == 1 && answer.err.contains("is an administrator: takk does not take it over"), "{answer:?}");
    }
    assert!(!broker.names("vhosts").contains(&"shop_dev".to_owned()));
}
