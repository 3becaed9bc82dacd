//! `--from`: a preview that begins with the data of another environment, copied by PostgreSQL's own programs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use super::server::{Server, connect, set_admin};
use super::team::linked;
use crate::server::{Server as Team, in_shop};
use crate::up::project::Checkout;
use crate::up::servers::path_with;

const KEY: &str = "postgres/default";
const PREVIEW: &str = "preview/cart";
const COPY: [&str; 5] = ["provision", "--env", PREVIEW, "--from", "dev"];
/// How many orders there are.
const ORDERS: i64 = 20_000;

/// Debian's programs, which can read from a server of an earlier version.
fn debian() -> Option<PathBuf> {
    let found = PathBuf::from("/usr/lib/postgresql/15/bin");
    if found.join("pg_dump").is_file() {
        return Some(found);
    }
    eprintln!("skipped: pg_dump of PostgreSQL 15 is not installed (apt-get install postgresql)");
    None
}

/// Programs that write down their arguments and then do what `dump` says: `$real` is the real one.
fn recorded(directory: &Path, real: &Path, dump: &str) {
    for (name, action) in [("pg_dump", dump), ("pg_restore", "exec \"$real\" \"$@\"")] {
        let (real, log) = (real.join(name), directory.join("arguments"));
        let script = format!(
            "#!/bin/sh\nreal={}\necho \"$0 $*\" >>{}\n[ \"$1\" = --version ] && exec \"$real\" --version\n{action}\n",
            real.display(),
            log.display()
        );
        fs::write(directory.join(name), script).expect("written");
        fs::set_permissions(directory.join(name), PermissionsExt::from_mode(0o755)).expect("permitted");
    }
}

/// A checkout with previews, whose programs are in a directory.
fn checkout(programs: &Path) -> Checkout {
    let checkout = Checkout::new("shop", "database_url: PostgresDsn", path_with(&[programs]), None);
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.preview]\nbase = \"dev\"\n\
                    level = \"temporary\"\n\n[tool.takk.environments.dev]\n\n[tool.takk.environments.test]\n\n[tool.takk.environments.prod]\n";
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    checkout
}

fn url(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", environment]).done().trim().to_owned()
}

/// What a program has there after a while.
fn fill(url: &str) {
    let text = format!(
        "CREATE EXTENSION hstore; CREATE SCHEMA more;
         CREATE TABLE orders (id serial PRIMARY KEY, tags hstore, total numeric CHECK (total >= 0));
         INSERT INTO orders (tags, total) SELECT hstore('n', i::text), i FROM generate_series(1, {ORDERS}) i;
         CREATE TABLE more.notes (order_id int REFERENCES orders, note text);
         INSERT INTO more.notes VALUES (1, E'it''s \\n a \\\\ note'); COMMENT ON TABLE orders IS 'all of them';
         CREATE VIEW more.large AS SELECT * FROM orders WHERE total > 100;
         CREATE FUNCTION double() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.total := NEW.total * 2; RETURN NEW; END';
         CREATE TRIGGER doubled BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION double()"
    );
    connect(url).batch_execute(&text).expect("filled");
}

/// Asserts that a preview has all of the data, and owns it.
#[track_caller]
fn has_all(url: &str, point: &str) {
    let mut client = connect(url);
    let mut count = |from: &str| client.query_one(&format!("SELECT count(*) FROM {from}"), &[]).expect(point).get::<_, i64>(0);
    assert_eq!((count("orders"), count("more.notes"), count("more.large")), (ORDERS, 1, ORDERS - 100), "{point}");
    let foreign = "pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'more') AND \
                   pg_get_userbyid(relowner) !~ '^shop_preview_cart'";
    assert_eq!(count(foreign), 0, "{point}");
    let note: String = client.query_one("SELECT note FROM more.notes", &[]).expect(point).get(0);
    assert_eq!(note, "it's \n a \\ note", "{point}");
    let change = "BEGIN; INSERT INTO orders (total) VALUES (7); ALTER TABLE orders ADD COLUMN more int; DROP EXTENSION hstore CASCADE; ROLLBACK";
    client.batch_execute(change).expect(point);
}

#[test]
fn a_preview_begins_with_the_data_of_another_environment() {
    let (Some(real), Some(server)) = (debian(), Server::new(14)) else { return };
    let programs = tempfile::tempdir().expect("a directory");
    recorded(programs.path(), &real, "exec \"$real\" \"$@\"");
    let checkout = checkout(programs.path());
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["env", "create", PREVIEW, "--ttl", "7d"]).done();
    let refused = checkout.takk(&COPY);
    assert!(refused.code == 1 && refused.err.contains("`dev` has no postgres/default that takk created"), "{refused:?}");
    server.has_no_trace_of("shop");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let dev = url(&checkout, "dev");
    fill(&dev);

    let planned = checkout.takk(&[&COPY[..], &["--dry-run"]].concat()).done();
    assert!(planned.contains("then copies the data of `dev` into it"), "{planned}");
    let said = checkout.takk(&COPY).done();
    assert!(said.contains("copying the data of `dev`"), "{said}");
    let preview = url(&checkout, PREVIEW);
    has_all(&preview, "the first copy");
    // Passwords are neither in arguments, nor in a log of the server.
    let arguments = fs::read_to_string(programs.path().join("arguments")).expect("written");
    assert!(arguments.contains("--single-transaction") && arguments.contains("--no-owner --no-privileges"), "{arguments}");
    for url in [&dev, &preview] {
        let password = url.split([':', '@']).nth(2).expect("a password");
        assert!(!arguments.contains(password) && !server.log().contains(password) && !said.contains(password));
    }
    // Each goes its own way; another run copies nothing.
    connect(&preview).batch_execute("DELETE FROM more.notes; DELETE FROM orders WHERE id > 10").expect("its own");
    has_all_of_dev(&dev);
    let said = checkout.takk(&COPY).done();
    assert!(said.contains("began with the data of `dev`: nothing is copied again"), "{said}");
    let left: i64 = connect(&preview).query_one("SELECT count(*) FROM orders", &[]).expect("an answer").get(0);
    assert_eq!(left, 10);
    let empty = "preview/empty";
    checkout.takk(&["provision", "--env", empty]).done();
    let said = checkout.takk(&["provision", "--env", empty, "--from", "dev"]).done();
    assert!(said.contains("exists already: nothing is copied from `dev`"), "{said}");

    for (arguments, words) in [
        (["provision", "--env", empty, "--from", "prod"], "`prod` has the level `full`: its data is not copied"),
        (["provision", "--env", "prod", "--from", "dev"], "`prod` has the level `full`: no data is copied into it"),
        (["provision", "--env", "dev", "--from", "dev"], "cannot begin with a copy of itself"),
        (["up", "--env", empty, "--from", "prod"], "`prod` has the level `full`: its data is not copied"),
    ] {
        let refused = checkout.takk(&arguments).refused();
        assert!(refused.contains(words), "{words}: {refused}");
    }
    for environment in [PREVIEW, empty, "dev"] {
        checkout.takk(&["env", "delete", environment, "--yes"]).done();
    }
    server.has_no_trace_of("shop");
}

fn has_all_of_dev(url: &str) {
    let orders: i64 = connect(url).query_one("SELECT count(*) FROM orders", &[]).expect("an answer").get(0);
    assert_eq!(orders, ORDERS, "the source stays as it is");
}

#[test]
fn an_interrupted_copy_is_made_anew() {
    let (Some(real), Some(server)) = (debian(), Server::new(14)) else { return };
    let programs = tempfile::tempdir().expect("a directory");
    let whole = "exec \"$real\" \"$@\"";
    recorded(programs.path(), &real, whole);
    let checkout = checkout(programs.path());
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    fill(&url(&checkout, "dev"));
    let remove = || {
        checkout.takk(&["provision", "remove", KEY, "--env", PREVIEW, "--confirm", PREVIEW]).done();
    };
    for point in ["copying", "copying:stored", "copied", "copied:stored"] {
        checkout.killed_after(&format!("{KEY}:{point}"), &COPY);
        assert_eq!(checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", PREVIEW]).code, 2, "{point}: not live yet");
        // Also without the option, it becomes what was begun.
        checkout.takk(if point == "copying" { &COPY[..3] } else { &COPY }).done();
        has_all(&url(&checkout, PREVIEW), point);
        remove();
    }

    // A dump that breaks off.
    recorded(programs.path(), &real, "\"$real\" \"$@\" | head -c 20000; echo 'pg_dump: error: broken' >&2; exit 3");
    let failed = checkout.takk(&COPY);
    assert!(
        failed.code == 1 && failed.err.contains("pg_restore failed with") && failed.err.contains("omit --from"),
        "{failed:?}"
    );
    assert_eq!(checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", PREVIEW]).code, 2);

    // takk is killed in the middle, and its programs go on without it.
    recorded(programs.path(), &real, "\"$real\" \"$@\" | { head -c 100000; sleep 3; cat; }");
    let mut command = checkout.command(&COPY);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let restoring = "pg_stat_activity WHERE usename LIKE 'shop_preview_cart%' AND query LIKE '%orders%'";
    let begun = Instant::now();
    while server.count(restoring) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing is restored");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    recorded(programs.path(), &real, whole);
    let said = checkout.takk(&COPY).done();
    assert!(said.contains("was interrupted, and begins anew"), "{said}");
    has_all(&url(&checkout, PREVIEW), "after SIGKILL");
    std::thread::sleep(Duration::from_secs(3));
    has_all(&url(&checkout, PREVIEW), "after the first programs have ended");
    remove();
    checkout.takk(&["env", "delete", "dev", "--yes"]).done();
    server.has_no_trace_of("shop");
}

#[test]
fn programs_of_an_earlier_version_are_not_used() {
    let (Some(real), Some(server)) = (debian(), Server::new(18)) else { return };
    let checkout = checkout(&real);
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let failed = checkout.takk(&COPY);
    assert_eq!(failed.code, 1, "{failed:?}");
    for words in ["needs pg_dump and pg_restore of PostgreSQL 18 or later", "is version 15.", "install postgresql-client-18"] {
        assert!(failed.err.contains(words), "{words}: {failed:?}");
    }
    checkout.takk(&["provision", "remove", KEY, "--env", PREVIEW, "--confirm", PREVIEW]).done();
    checkout.takk(&["provision", "--env", PREVIEW]).done();
}

#[test]
fn a_team_server_copies_what_the_caller_may_read() {
    let (Some(_), Some(server)) = (debian(), Server::new(14)) else { return };
    let team = Team::start();
    team.shop();
    let dee = team.member("dee", "developer");
    let (owner, developer) = (linked(&team, &team.owner), linked(&team, &dee));
    set_admin(&owner, &server, "dev");
    set_admin(&owner, &server, "test");
    developer.takk(&["provision", "--env", "dev"]).done();
    fill(&developer.value("DATABASE_URL"));
    // Not even by a request of their own.
    developer.takk(&["push", "--env", "test"]).done();
    for (token, words) in [(&dee, "operator"), (&team.owner, "`prod` is production")] {
        let answer = team.ask(token, "POST", &in_shop("test", "provision"), Some(json!({ "from": "prod" })));
        assert!(answer.status >= 400 && answer.text.contains(words), "{} {}", answer.status, answer.text);
    }
    server.has_no_trace_of("shop_test");
    let said = developer.takk(&["provision", "--env", "test", "--from", "dev"]).done();
    assert!(said.contains("copying the data of `dev`"), "{said}");
    has_all_of_dev(&url(&owner, "test"));
}

#[test]
fn servers_of_this_machine_begin_with_data_too() {
    let Some(real) = debian() else { return };
    let checkout = checkout(&real);
    checkout.takk(&["up", "--env", "dev"]).done();
    fill(&url(&checkout, "dev"));
    let up = ["up", "--env", PREVIEW, "--from", "dev"];
    checkout.killed_after(&format!("{KEY}:copying:stored"), &up);
    let said = checkout.takk(&up).done();
    assert!(said.contains("was interrupted, and begins anew") && said.contains("copying the data of `dev`"), "{said}");
    has_all(&url(&checkout, PREVIEW), "on this machine");
    checkout.takk(&["down", "--data", "--env", PREVIEW, "--confirm", PREVIEW]).done();
}
