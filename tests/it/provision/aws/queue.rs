//! Queues: two environments on one server.

use super::server::{Server, program, set};
use crate::up::project::Checkout;
use crate::up::servers::path_with;

const KEY: &str = "sqs/default";
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];

fn checkout(server: &Server) -> Checkout {
    let fields = "endpoint: SqsEndpoint; access_key: SqsAccessKey; secret_key: SqsSecretKey; region: SqsRegionName";
    let checkout = Checkout::new("shop", fields, path_with(&[]), None);
    for environment in ["dev", "test"] {
        let said = set(&checkout, "sqs", environment, &format!("{}?region=eu-central-1", server.admin_url())).done();
        assert!(said.contains("checked SQS without TLS, as adm"), "{said}");
    }
    checkout
}

/// The names of all queues in the region of the test.
fn queues(server: &Server) -> String {
    server.owner_runs(
        "region = 'eu-central-1'\nurls = client('sqs').list_queues().get('QueueUrls', [])\n\
         print(*sorted(url.rsplit('/', 1)[-1] for url in urls))",
    )
}

#[test]
fn two_environments_have_queues_of_their_own() {
    let server = Server::moto();
    let checkout = checkout(&server);
    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    assert!(planned.contains("sqs:CreateQueue QueueName=shop-dev ") && planned.contains(":shop-dev_*"), "{planned}");
    assert_eq!(queues(&server).trim(), "");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "--env", "test"]).done();
    checkout.is_ready();
    assert_eq!(checkout.value("REGION"), "eu-central-1");
    assert_eq!(queues(&server).trim(), "shop-dev shop-test");
    let used = "url = sqs.get_queue_url(QueueName='shop-dev')['QueueUrl']\nsqs.send_message(QueueUrl=url, MessageBody='one')\n\
                print(sqs.receive_message(QueueUrl=url)['Messages'][0]['Body'])\nsqs.create_queue(QueueName='shop-dev_dead')\n\
                other = url.replace('shop-dev', 'shop-test')\n\
                tries(lambda: sqs.send_message(QueueUrl=other, MessageBody='x'), lambda: sqs.get_queue_url(QueueName='shop-test'),\n    \
                    lambda: sqs.create_queue(QueueName='shop-more'), lambda: sqs.list_queues(),\n    \
                    lambda: sqs.tag_queue(QueueUrl=url, Tags=dict(takk='x')), lambda: iam.list_users())";
    assert_eq!(program(&checkout, &server, "dev", used), format!("one\n{}", "AccessDenied\n".repeat(6)));
    let key = checkout.value("ACCESS_KEY");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(checkout.value("ACCESS_KEY"), key);
    checkout.takk(&REMOVE).done();
    assert_eq!(queues(&server).trim(), "shop-test");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    assert_eq!(queues(&server).trim(), "");
    server.has_no_trace_of("shop");
}

#[test]
fn a_queue_of_somebody_else_is_left_alone_until_it_is_adopted() {
    let server = Server::moto();
    let begun = "region = 'eu-central-1'\nsqs = client('sqs')\nurl = sqs.create_queue(QueueName='shop-dev')['QueueUrl']\n\
                 sqs.send_message(QueueUrl=url, MessageBody='theirs')";
    assert_eq!(server.owner_runs(begun), "");
    let checkout = checkout(&server);
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    let words = "takk did not create the queue shop-dev, and it has about 1 message";
    assert!(!answer.err.contains("1 messages"), "{answer:?}");
    assert!(answer.code == 1 && answer.err.contains(words), "{answer:?}");
    assert!(checkout.servers().is_empty());
    checkout.takk(&["provision", "sqs", "--adopt", "--env", "dev"]).done();
    let read = "url = sqs.get_queue_url(QueueName='shop-dev')['QueueUrl']\n\
                print(sqs.receive_message(QueueUrl=url)['Messages'][0]['Body'])";
    assert_eq!(program(&checkout, &server, "dev", read).trim(), "theirs");
    checkout.takk(&REMOVE).done();
    assert_eq!(queues(&server).trim(), "");
    server.has_no_trace_of("shop");
}

#[test]
fn a_queue_is_cured_after_every_step() {
    let server = Server::moto();
    let steps = ["user", "policy", "queue", "key", "login"].iter();
    let written = steps.flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    for (number, point) in points.enumerate() {
        let checkout = checkout(&server);
        checkout.killed_after(&point, &["provision", "--env", "dev"]);
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!((queues(&server).trim(), checkout.servers().len()), ("shop-dev", 1), "{point}");
        let used = "url = sqs.get_queue_url(QueueName='shop-dev')['QueueUrl']\n\
                    tries(lambda: sqs.send_message(QueueUrl=url, MessageBody='x'))";
        assert_eq!(program(&checkout, &server, "dev", used), "done\n", "{point}");
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        checkout.killed_after(&out[number % 2], &REMOVE);
        checkout.takk(&REMOVE).done();
        assert_eq!(queues(&server).trim(), "", "{point}");
        server.has_no_trace_of("shop");
    }
}
