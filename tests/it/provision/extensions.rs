//! Extensions that the code uses: created by an admin with the least rights where that is possible, and named where it is not.

use std::fs;

use super::server::{Server, checkout, connect, set_admin};
use super::team::linked;
use crate::server::Server as Team;
use crate::server::pages::Browser;
use crate::up::project::Checkout;
use crate::up::servers::{path_with, postgres};

const KEY: &str = "postgres/default";

/// Writes a migration that creates extensions.
fn migrates(checkout: &Checkout, extensions: &[&str]) {
    let directory = checkout.root().join("migrations");
    fs::create_dir_all(&directory).expect("made");
    let statements: Vec<String> =
        extensions.iter().map(|name| format!("    op.execute('CREATE EXTENSION IF NOT EXISTS {name}')\n")).collect();
    let text = format!("from alembic import op\n\n\ndef upgrade():\n    pass\n{}", statements.concat());
    fs::write(directory.join("0001.py"), text).expect("written");
}

/// The extensions of a database, with their owners.
fn extensions(server: &Server, database: &str) -> Vec<String> {
    let query =
        "SELECT extname || ' of ' || pg_get_userbyid(extowner) FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname";
    let rows = server.superuser(database).query(query, &[]).expect("an answer");
    rows.iter().map(|row| row.get(0)).collect()
}

fn tells(major: u32) {
    let Some(server) = Server::new(major) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    // A name with a hyphen needs quotes.
    migrates(&checkout, &["hstore", "\"uuid-ossp\"", "citext", "\"x\"\"; DROP ROLE adm; --\""]);
    let plan = checkout.takk(&["plan", "--env", "dev"]).done();
    let words = plan.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("needs the extensions citext (migrations/0001.py:8), hstore (migrations/0001.py:6)"), "{plan}");
    let why = checkout.takk(&["why", "DATABASE_URL"]).done();
    assert!(why.contains("the extension hstore  migrations/0001.py:6: CREATE EXTENSION"), "{why}");
    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    let statement = "SET ROLE \"shop_dev\"; CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"; RESET ROLE;";
    assert!(planned.contains(statement) && !planned.contains("DROP ROLE"), "{planned}");
    server.has_no_trace_of("shop");

    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    assert_eq!(extensions(&server, "shop_dev"), ["citext of shop_dev", "hstore of shop_dev", "uuid-ossp of shop_dev"]);
    let mut client = connect(&checkout.value("DATABASE_URL"));
    client.batch_execute("CREATE TABLE a (b hstore); SELECT uuid_generate_v4()").expect("the program uses them");
    client.batch_execute("DROP EXTENSION citext").expect("they are the owner's");

    // Somebody dropped one: it is missed, and created again.
    let status = checkout.takk(&["status", "--env", "dev"]);
    assert!(status.code == 1 && status.out.contains("lacks the extension citext"), "{status:?}");
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();

    // One for superusers, and one that the server does not have: the database is used meanwhile.
    let url = checkout.value("DATABASE_URL");
    migrates(&checkout, &["hstore", "postgres_fdw", "vector"]);
    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    for words in [
        "postgres/default is created, but lacks the extensions postgres_fdw, vector",
        "CREATE EXTENSION IF NOT EXISTS \"postgres_fdw\";",
        "only a superuser may create what is shown, in the database shop_dev",
        "the server does not have \"vector\"",
        &format!("install postgresql-{major}-pgvector"),
    ] {
        assert!(answer.err.contains(words), "{words}: {answer:?}");
    }
    assert_eq!(checkout.servers()[0]["state"], "live");
    assert_eq!(checkout.value("DATABASE_URL"), url);
    let status = checkout.takk(&["status", "--env", "dev"]);
    assert!(status.code == 1 && status.out.contains("lacks the extensions postgres_fdw, vector"), "{status:?}");
    assert_eq!(checkout.takk(&["provision", "--env", "dev"]).code, 1, "until they are there");
    server.superuser("shop_dev").batch_execute("CREATE EXTENSION IF NOT EXISTS \"postgres_fdw\"").expect("as it was shown");
    migrates(&checkout, &["hstore", "postgres_fdw"]);
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    checkout.takk(&["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");

    // A superuser creates those, too. `earthdistance` needs `cube`.
    migrates(&checkout, &["hstore", "postgres_fdw", "earthdistance"]);
    let superuser = super::server::given(
        &checkout,
        &["provision", "admin", "set", "postgres", "--env", "test", "--stdin"],
        &server.superuser_url(),
    );
    superuser.done();
    checkout.takk(&["provision", "--env", "test"]).done();
    assert_eq!(
        extensions(&server, "shop_test"),
        ["cube of postgres", "earthdistance of postgres", "hstore of shop_test", "postgres_fdw of postgres"]
    );
    checkout.takk(&["provision", "remove", KEY, "--env", "test", "--confirm", "test"]).done();
    server.has_no_trace_of("shop");

    // Killed before and after it is written down.
    migrates(&checkout, &["hstore"]);
    for step in [format!("{KEY}:extensions"), format!("{KEY}:extensions:stored")] {
        checkout.killed_after(&step, &["provision", "--env", "dev"]);
        checkout.takk(&["provision", "--env", "dev"]).done();
        assert_eq!(extensions(&server, "shop_dev"), ["hstore of shop_dev"], "{step}");
        checkout.takk(&["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"]).done();
    }
    server.has_no_trace_of("shop");
}

#[test]
fn on_postgresql_14() {
    tells(14);
}

#[test]
fn on_postgresql_18() {
    tells(18);
}

#[test]
fn a_server_of_this_machine_gets_them_too() {
    let Some(postgres) = postgres(18) else { return };
    let checkout = Checkout::new("shop", "database_url: PostgresDsn", path_with(&[&postgres.join("bin")]), None);
    migrates(&checkout, &["hstore", "postgres_fdw", "pg_trgm"]);
    checkout.takk(&["up", "--env", "dev"]).done();
    checkout.is_ready();
    let mut client = connect(&checkout.value("DATABASE_URL"));
    let count =
        client.query_one("SELECT count(*) FROM pg_extension WHERE extname IN ('hstore', 'postgres_fdw', 'pg_trgm')", &[]);
    assert_eq!(count.expect("an answer").get::<_, i64>(0), 3);

    fs::write(checkout.root().join("models.py"), "from pgvector.sqlalchemy import Vector\n").expect("written");
    let preview = checkout.takk(&["up", "--env", "test", "--dry-run"]).done();
    assert!(preview.contains("pgvector/pgvector:pg") && preview.contains("creates the extension vector"), "{preview}");
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert!(answer.code == 1 && answer.err.contains("install postgresql-18-pgvector (Debian)"), "{answer:?}");
    assert!(answer.err.contains("postgres/default is created, but lacks the extension vector"), "{answer:?}");
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1);
}

#[test]
fn of_two_databases_none_gets_one_that_may_be_of_the_other() {
    let Some(server) = Server::new(17) else { return };
    let checkout = checkout("shop");
    let tag = "Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, \"warehouse\")]";
    checkout.settings(&format!("database_url: PostgresDsn; warehouse_url: {tag}"));
    set_admin(&checkout, &server, "dev");
    migrates(&checkout, &["hstore"]);
    let said = checkout.takk(&["provision", "--env", "dev"]).done();
    assert!(said.contains("the extension hstore (migrations/0001.py:6), and does not say in which database"), "{said}");
    checkout.is_ready();
    fs::create_dir_all(checkout.root().join("warehouse")).expect("made");
    fs::rename(checkout.root().join("migrations"), checkout.root().join("warehouse/migrations")).expect("moved");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let database = server.text("SELECT datname::text FROM pg_database WHERE datname LIKE 'shop_dev%warehouse%'");
    assert_eq!(extensions(&server, &database), [format!("hstore of {database}")]);
    assert!(extensions(&server, "shop_dev").is_empty());
}

#[test]
fn the_dashboard_names_them() {
    let team = Team::start();
    team.shop();
    let owner = linked(&team, &team.owner);
    migrates(&owner, &["hstore"]);
    owner.takk(&["push", "--env", "dev"]).done();
    let mut ada = Browser::signed_in(&team, &team.owner);
    for page in ["resources", "resources/postgres%2Fdefault"] {
        let shown = ada.show(&format!("/projects/shop/environments/dev/{page}"));
        assert!(shown.text.contains("Needs the extension hstore (migrations/0001.py:6)."), "{page}: {}", shown.text);
    }
}
