//! Two environments on one server: created, used as a program uses them, kept apart, and removed without a trace.

use super::server::{RESOLVER, Server, Setup, USUAL, checkout, creds, set_admin};
use crate::up::project::Checkout;
use crate::up::servers::path_with;

const REMOVE: [&str; 7] = ["provision", "remove", "nats", "--env", "dev", "--confirm", "dev"];
/// What a program does with an account of its own.
const USE: &str = r#"
async def answer(message):
    await message.respond(b"hello " + message.data)
await client.subscribe("greet.*", cb=answer)
assert (await client.request("greet.a", b"anna", timeout=10)).data == b"hello anna"
stream = client.jetstream()
await stream.add_stream(name="orders", subjects=["orders.>"])
await stream.publish("orders.new", b"1")
consumer = await stream.pull_subscribe("orders.>", durable="worker")
[message] = await consumer.fetch(1, timeout=10)
await message.ack()
bucket = await stream.create_key_value(bucket="settings")
await bucket.put("a", b"7")
assert (await bucket.get("a")).value == b"7"
await client.flush()
print("used")
"#;
/// What it may not do.
const DENIED: &str = r#"
for subject in ["$SYS.REQ.ACCOUNT.PING.CONNZ", "$SYS.REQ.SERVER.PING", "$SYS.REQ.CLAIMS.LIST"]:
    try:
        print(subject, (await client.request(subject, timeout=1)).data)
    except Exception:
        pass
print(len([error for error in errors if "permissions violation" in error]))
"#;
/// What two accounts see of each other, on the same subjects and streams.
const APART: &str = r#"
other = await connect(os.environ["OTHER"])
seen = []
async def see(message):
    seen.append(message.subject)
await other.subscribe(">", cb=see)
await other.flush()
await client.publish("orders.new", b"2")
await client.flush()
await asyncio.sleep(0.3)
names = [stream.config.name for stream in await other.jetstream().streams_info()]
print([subject for subject in seen if not subject.startswith(("_INBOX", "$JS."))], names)
"#;

fn tells(setup: Setup) {
    let mut server = Server::new(setup);
    let checkout = checkout("shop");
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains(&format!("NATS {}.", setup.minor)) && said.contains("There: 1 account"), "{said}");
    assert!(!said.contains("needs less"), "{said}");
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    assert!(planned.contains("$SYS.REQ.CLAIMS.UPDATE") && planned.contains("\"name\":\"shop_dev\""), "{planned}");
    assert!(planned.contains("NATS_CREDS") && !planned.contains("SEED") && !planned.contains("eyJ"), "{planned}");
    server.has_no_trace_of("shop");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.takk(&["provision", "nats", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"nats-server".into(), &"running".into()));
    assert_eq!(checkout.value("NATS_URL"), server.url());
    let mine = creds(&checkout, "dev");
    assert_eq!(server.program(&mine, USE).as_deref(), Ok("used"));
    assert_eq!(server.program(&mine, DENIED).as_deref(), Ok("2"), "a subject without an answer is none that is denied");
    let both = format!("os.environ['OTHER'] = {:?}\n{APART}", creds(&checkout, "test"));
    assert_eq!(server.program(&mine, &both).as_deref(), Ok("[] []"));

    // The same again changes nothing; what somebody changed is repaired.
    let before = server.accounts("shop_dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.accounts("shop_dev"), before);
    for changes in
        [r#"{"limits": {"conn": 0, "leaf": -1}}"#, r#"{"signing_keys": []}"#, r#"{"revocations": {"*": 4000000000}}"#]
    {
        server.root("change", &["shop_dev", changes]);
        assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1, "{changes}");
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
    }
    assert_eq!(server.accounts("shop_dev")[0]["nats"], before[0]["nats"]);
    server.stop();
    server.start();
    checkout.is_ready();
    assert_eq!(creds(&checkout, "dev"), mine);

    // Removed while somebody waits.
    let mut session = server.session(&mine);
    checkout.takk(&REMOVE).done();
    assert!(session.wait().expect("it ends").success(), "the session is ended");
    assert!(server.program(&mine, "").expect_err("no login").contains("Authorization Violation"));
    server.has_no_trace_of("shop_dev");
    assert_eq!(checkout.takk(&["secrets", "get", "NATS_CREDS", "--env", "dev"]).code, 2);
    assert_eq!(server.program(&creds(&checkout, "test"), USE).as_deref(), Ok("used"), "the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.stop();
    server.start();
    server.has_no_trace_of("shop");
}

#[test]
fn on_the_oldest_server() {
    tells(Setup { minor: "2.10", is_strict: false, ..USUAL });
}

#[test]
fn on_the_latest_server_whose_operator_is_strict() {
    tells(USUAL);
}

#[test]
fn names_of_any_length_fit_and_a_server_without_jetstream_does() {
    let server = Server::new(Setup { has_jetstream: false, resolver: RESOLVER, ..USUAL });
    let long = "x".repeat(200);
    let fields = "url: Annotated[str, ResourceRef(ResourceTags.nats_dsn, 'Other-One')]; \
                  creds: Annotated[str, ResourceRef(ResourceTags.nats_creds_file, 'Other-One')]";
    let checkout = Checkout::new(&long, fields, path_with(&[]), None);
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let [account] = &server.accounts("xxx")[..] else { panic!("one account") };
    assert!(account["name"].as_str().is_some_and(|name| name.len() <= 53), "{account}");
    assert_eq!(account["nats"]["limits"]["disk_storage"], 0);
    let said = server.program(&checkout.value("CREDS"), "await client.publish('a', b'1')\nawait client.flush()\nprint('sent')");
    assert_eq!(said.as_deref(), Ok("sent"));
    checkout.takk(&["provision", "remove", "nats/Other-One", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("xxx");
}

#[test]
fn a_program_that_declares_no_credentials_is_told_what_to_declare() {
    let server = Server::new(USUAL);
    let checkout = Checkout::new("shop", "nats_url: NatsDsn", path_with(&[]), None);
    set_admin(&checkout, &server, "dev");
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("declare `nats_creds: NatsCredsFile`"), "{answer:?}");
    assert!(checkout.servers().is_empty());
    server.has_no_trace_of("shop");
    // They may be optional.
    checkout.settings("nats_url: NatsDsn; nats_creds: Annotated[str, ResourceTags.nats_creds_file] | None = None");
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.program(&creds(&checkout, "dev"), "print('in')").as_deref(), Ok("in"));
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}
