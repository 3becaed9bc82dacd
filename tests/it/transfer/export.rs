//! `takk secrets export`

use super::Shop;

/// Values that are hard to quote.
const HARD: &str =
    "STRIPE_KEY='it\\'s \"#1\" $HOME ${:-$}{PORT}\\\\ é\n two lines '\nBUCKET=' x=y # z '\nSESSION_SECRET=''\nPORT=80\n";

#[test]
fn what_is_exported_reads_back_the_same() {
    for format in ["dotenv", "json", "yaml"] {
        let shop = Shop::new();
        shop.import("dev", HARD);
        let text = shop.ok(&["secrets", "export", "--format", format]);
        shop.write("exported", &text);
        shop.ok(&["secrets", "import", "exported", "--format", format, "--env", "test"]);
        let again = shop.json(&["secrets", "import", "exported", "--format", format]);
        let entries = again["entries"].as_array().expect("a list");
        assert!(entries.len() == 5 && entries.iter().all(|entry| entry["outcome"] == "unchanged"), "{again}");
        for name in ["STRIPE_KEY", "BUCKET", "SESSION_SECRET", "PORT"] {
            assert_eq!(shop.get("test", name), shop.get("dev", name), "{format} {name}");
        }
        assert!(shop.get("dev", "STRIPE_KEY").expect("stored").ends_with("\n two lines "));
    }
}

#[test]
fn it_is_what_a_command_gets() {
    let shop = Shop::new();
    shop.import("dev", "DATABASE_URL=postgresql://u:p@db/shop\nSTRIPE_KEY=sk_1\nSESSION_SECRET=s\nPORT=80\nCACHE__HOST=c\n");
    let answer = shop.takk(&["secrets", "export"]);
    insta::assert_snapshot!("export, dotenv", answer.out);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    let all: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&shop.ok(&["secrets", "export", "--json"])).expect("JSON");
    let printed = shop.ok(&["run", "--", "env"]);
    for (name, value) in &all {
        assert!(printed.contains(&format!("{name}={}\n", value.as_str().expect("text"))), "{name}: {printed}");
    }
    assert_eq!(all.len(), 6);
    assert_eq!(shop.ok(&["secrets", "export", "--service", "api", "--json"]), shop.ok(&["secrets", "export", "--json"]));
    assert_eq!(shop.takk(&["secrets", "export", "--service", "apo"]).code, 2);
}

#[test]
fn what_is_missing_is_said_and_no_error() {
    let shop = Shop::new();
    shop.import("dev", "STRIPE_KEY='a\nb'\n");
    let answer = shop.takk(&["secrets", "export", "--format", "shell"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "export STRIPE_KEY='a\nb'\nexport API_URL='http://localhost:8000'\n"));
    assert_eq!(answer.err, "warning: DATABASE_URL and SESSION_SECRET are required but have no value in dev\n");
    let answer = shop.takk(&["secrets", "export", "--format", "docker"]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(
        answer.err.starts_with("error: STRIPE_KEY cannot be exported in this format: it has several lines"),
        "{}",
        answer.err
    );
}

#[test]
fn a_file_is_new_and_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::new();
    shop.import("dev", "PORT=80\n");
    let path = shop.path().join("out.env");
    shop.ok(&["secrets", "export", "--output", "out.env", "--quiet"]);
    let mode = std::fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    shop.import("dev", "PORT=81\n");
    let answer = shop.takk(&["secrets", "export", "--output", "out.env"]);
    assert_eq!(answer.code, 2);
    assert_eq!(answer.err, "error: `out.env` already exists\n  hint: pass --force to overwrite it\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
    shop.ok(&["secrets", "export", "--output", "out.env", "--force", "--quiet"]);
    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(std::fs::read_to_string(&path).expect("there").starts_with("PORT=81\n"));
}
