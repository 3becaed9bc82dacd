//! takk is killed after every step, or the server is restarted in between. The same command cures it.

use super::server::{Server, USUAL, checkout, creds, set_admin};

const KEY: &str = "nats/default";
const STEPS: [&str; 2] = ["account", "login"];
const REMOVE: [&str; 7] = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];
const STORE: &str = "await client.jetstream().add_stream(name='a', subjects=['a'])\nprint('stored')";

#[test]
fn it_is_cured_after_every_step() {
    let mut server = Server::new(USUAL);
    let written = STEPS.iter().flat_map(|step| [format!("{KEY}:{step}"), format!("{KEY}:{step}:stored")]);
    let points = [format!("{KEY}:reserved")].into_iter().chain(written).chain([format!("{KEY}:live")]);
    for (number, point) in points.enumerate() {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        checkout.killed_after(&point, &["provision", "--env", "dev"]);
        let first = checkout.servers().first().map(|server| server["credential"].clone());
        if number % 4 == 1 {
            server.stop();
            assert_eq!(checkout.takk(&["provision", "--env", "dev"]).code, 1, "{point}");
            server.start();
        }
        checkout.takk(&["provision", "--env", "dev"]).done();
        checkout.is_ready();
        let servers = checkout.servers();
        assert_eq!((servers.len(), &servers[0]["generation"], &servers[0]["state"]), (1, &1.into(), &"live".into()), "{point}");
        assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}: other credentials");
        assert_eq!(server.accounts("shop").len(), 1, "{point}");
        assert_eq!(server.program(&creds(&checkout, "dev"), STORE).as_deref(), Ok("stored"), "{point}");
        // And on the way out.
        let out = [format!("{KEY}:retiring"), format!("{KEY}:removed")];
        checkout.killed_after(&out[number % 2], &REMOVE);
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{point}");
        server.has_no_trace_of("shop");
    }
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let server = Server::new(USUAL);
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    for gone in ["revoked", "deleted"] {
        checkout.takk(&["provision", "--env", "dev"]).done();
        server.program(&creds(&checkout, "dev"), STORE).expect("it may");
        match gone {
            "revoked" => server.root("change", &["shop_dev", r#"{"revocations": {"*": 4000000000}, "signing_keys": []}"#]),
            _ => server.root("delete", &["shop_dev"]),
        };
        checkout.takk(&REMOVE).done();
        assert!(checkout.servers().is_empty(), "{gone}");
        if gone == "revoked" {
            server.has_no_trace_of("shop");
        }
        assert!(server.accounts("shop").is_empty(), "{gone}");
    }
}

#[test]
fn a_takeover_is_cured_too() {
    let server = Server::new(USUAL);
    for point in ["adopted", "adopted:stored", "account", "account:stored"] {
        let theirs = server.root("create", &["shop_dev"]);
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        let adopt = ["provision", "nats", "--adopt", "--env", "dev"];
        checkout.killed_after(&format!("{KEY}:{point}"), &adopt);
        checkout.takk(&adopt).done();
        checkout.is_ready();
        let [account] = &server.accounts("shop")[..] else { panic!("{point}: one account") };
        assert_eq!(account["sub"], theirs["account"], "{point}");
        assert_eq!(server.program(&creds(&checkout, "dev"), STORE).as_deref(), Ok("stored"), "{point}");
        checkout.takk(&REMOVE).done();
        server.has_no_trace_of("shop");
    }
}
