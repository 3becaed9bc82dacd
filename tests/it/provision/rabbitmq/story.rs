//! Two environments on one broker: created, used as a program uses them, kept apart, and removed without a trace.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::super::sessions::until_connected;
use super::broker::{ADMIN, Broker, checkout, program, set, set_admin};
use crate::python::venv;
use crate::up::project::Checkout;

fn value(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "BROKER", "--env", environment]).done().trim().to_owned()
}

#[test]
fn two_environments_share_a_broker() {
    let Some(broker) = Broker::new() else { return };
    let checkout = checkout("shop");
    let said = set_admin(&checkout, &broker, "dev");
    assert!(said.contains("RabbitMQ 3.") && said.contains("without TLS, as adm") && said.contains("1 virtual host"), "{said}");
    set_admin(&checkout, &broker, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    assert!(planned.contains("PUT /api/vhosts/shop_dev {") && planned.contains("\"password_hash\":\"...\""), "{planned}");
    broker.has_no_trace_of("shop");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "amqp", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"rabbitmq-server".into(), &"running".into()));
    assert_eq!(servers[0]["port"], broker.port);
    let permissions = broker.api("GET", "users/shop_dev_1/permissions", "").to_string();
    assert!(permissions.matches("\"vhost\"").count() == 1 && permissions.contains("shop_dev"), "{permissions}");
    assert_eq!(broker.api("GET", "users/adm/permissions", "").as_array().map(Vec::len), Some(1), "of `/` alone");

    // As the program uses it, which declares its own queues.
    let url = value(&checkout, "dev");
    let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("it has one").to_owned();
    let said = program(
        &url,
        None,
        "channel.queue_declare('orders', durable=True)\nchannel.basic_publish('', 'orders', b'one')\n\
         import time; time.sleep(0.2)\nprint(channel.basic_get('orders', auto_ack=True)[2])",
    );
    assert_eq!(said.trim(), "b'one'");

    // What it may not do.
    let other = format!("{}/shop_test", url.strip_suffix("/shop_dev").expect("its virtual host"));
    for forbidden in [other.as_str(), &url.replace("/shop_dev", "/%2F")] {
        let said = program(forbidden, None, "print('connected')");
        assert!(said.contains("NOT_ALLOWED") || said.contains("refused"), "{forbidden}: {said}");
    }
    let said = set(&checkout, "dev", &broker.url_of("shop_dev_1", &password)).refused();
    assert!(said.contains("lacks the tag administrator"), "{said}");

    // The same again changes nothing; what somebody changed is repaired.
    let before = broker.api("GET", "users/shop_dev_1", "");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(broker.api("GET", "users/shop_dev_1", ""), before);
    for (method, path, body) in [
        ("PUT", "users/shop_dev_1", r#"{"password":"other","tags":"administrator"}"#),
        ("DELETE", "permissions/shop_dev/shop_dev_1", ""),
        ("PUT", "permissions/shop_dev/shop_dev_1", r#"{"configure":"","write":"","read":".*"}"#),
        ("PUT", "permissions/shop_test/shop_dev_1", r#"{"configure":".*","write":".*","read":".*"}"#),
        ("DELETE", "users/shop_dev_1", ""),
    ] {
        broker.api(method, path, body);
        let tags = before["tags"][0].as_str().expect("a tag");
        if body.contains("administrator") {
            // Somebody's own administrator is not taken for ours.
            assert!(checkout.takk(&["provision", "--env", "dev"]).err.contains("is an administrator"));
            broker.api("PUT", "users/shop_dev_1", &format!(r#"{{"password":"other","tags":"{tags}"}}"#));
        }
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!(value(&checkout, "dev"), url);
        assert!(program(&url, None, "channel.queue_declare('more'); print('made')").contains("made"), "{path}");
        assert_eq!(broker.api("GET", "users/shop_dev_1/permissions", "").as_array().map(Vec::len), Some(1), "{path}");
    }

    // Neither the log of the broker nor its users have the password.
    let users = broker.api("GET", "users", "").to_string();
    assert!(!users.contains(&password) && !broker.log().contains(&password) && !broker.log().contains(ADMIN));

    // Removed while a program waits for messages.
    assert!(checkout.takk(&["provision", "remove", "amqp", "--env", "dev"]).refused().contains("--confirm dev"));
    let script = "import pika, sys\nchannel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
                  print('waits', flush=True)\n\
                  try:\n    [0 for _ in channel.consume('orders')]\nexcept Exception as error:\n    print(type(error).__name__)\n";
    let mut waiting = Command::new(venv(&["pika==1.3.2"]).join("bin/python"));
    let mut waiting = waiting.args(["-c", script, &url]).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::new(waiting.stdout.take().expect("piped")).lines();
    assert_eq!(lines.next().expect("a line").expect("text"), "waits");
    until_connected(&checkout, "amqp/default", |session| {
        session["user"] == "shop_dev_1"
            && session["application"].as_str().is_some_and(|name| name.contains("Pika"))
            && session["opened_at"].is_i64()
            && session["address"].is_string()
    });
    checkout.takk(&["provision", "remove", "amqp", "--env", "dev", "--confirm", "dev"]).done();
    let ended = lines.next().expect("a line").expect("text");
    assert!(ended.contains("Closed"), "the connection is closed: {ended}");
    waiting.wait().expect("it ends");
    assert!(program(&url, None, "print('connected')").contains("AuthenticationError"));
    broker.has_no_trace_of("shop_dev");
    assert_eq!(checkout.takk(&["secrets", "get", "BROKER", "--env", "dev"]).code, 2);
    assert!(program(&value(&checkout, "test"), None, "print('connected')").contains("connected"), "the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    broker.has_no_trace_of("shop");
}

#[test]
fn several_virtual_hosts_of_one_environment_have_names_of_their_own() {
    let Some(broker) = Broker::new() else { return };
    let checkout = checkout("shop");
    checkout.settings("broker: AmqpDsn; events: AmqpDsn");
    set_admin(&checkout, &broker, "dev");
    let planned = checkout.takk(&["--json", "plan"]).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    let hosts = broker.names("vhosts").iter().filter(|name| name.starts_with("shop_dev")).count();
    assert_eq!(hosts, checkout.servers().len(), "{planned}");
    for server in checkout.servers() {
        let key = server["resource"].as_str().expect("a name").to_owned();
        checkout.takk(&["provision", "remove", &key, "--env", "dev", "--confirm", "dev"]).done();
    }
    broker.has_no_trace_of("shop");
}
