//! `takk secrets import`

use std::path::{Path, PathBuf};

use super::Shop;
use crate::process::{piped, program};

/// One example of everything that can be wrong.
const MIXED: &str = "STRIPE_KEY=sk_live_1\nstripe_key=sk_live_2\nPORT=eighty\nLOG_LEVLE=debug\nLOG_LEVEL=debug\nLOG_LEVEL=info\n\
                     BUCKET=shop-${HOST:-}\nDATABASE_URL\nCACHE__SIZE=3\nthis is no assignment\n";

#[test]
fn nothing_is_stored_if_something_is_wrong() {
    let shop = Shop::new();
    shop.write(".env.test", MIXED);
    let answer = shop.takk(&["secrets", "import", ".env.test", "--env", "test"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    insta::assert_snapshot!("import, all or nothing", answer.out);
    assert_eq!(answer.err, "warning: one name in the file is not declared in the code and was not stored.\n");
    assert_eq!(std::fs::read_dir(shop.home.path()).expect("there").count(), 0, "not even a store is made");
}

#[test]
fn partial_stores_the_rest() {
    let shop = Shop::new();
    shop.write(".env.test", MIXED);
    let answer = shop.takk(&["secrets", "import", ".env.test", "--env", "test", "--partial"]);
    assert_eq!(answer.code, 1);
    insta::assert_snapshot!("import, partial", answer.out);
    assert_eq!(shop.get("test", "STRIPE_KEY").as_deref(), Some("sk_live_2"), "the last one counts");
    assert_eq!(shop.get("test", "BUCKET").as_deref(), Some("shop-"), "only the file is looked into");
    assert_eq!(shop.get("test", "PORT"), None);
    assert!(shop.ok(&["secrets", "list", "--env", "test"]).contains("imported just now by me"));
    let again = shop.json(&["secrets", "import", ".env.test", "--env", "test", "--partial"]);
    insta::assert_snapshot!("import, again, as JSON", serde_json::to_string_pretty(&again).expect("JSON"));
}

#[test]
fn what_is_not_declared_is_only_reported() {
    let shop = Shop::new();
    shop.write("values", "{\"SOMETHING\": \"x\", \"PORT\": 80, \"BUCKET\": null}");
    let answer = shop.takk(&["secrets", "import", "values"]);
    assert_eq!((answer.code, answer.out.contains("1 value stored in dev")), (0, true), "{}{}", answer.out, answer.err);
    assert!(answer.err.contains("warning: one name in the file is not declared"), "{}", answer.err);
    assert_eq!(shop.get("dev", "PORT").as_deref(), Some("80"));
    assert_eq!(shop.get("dev", "SOMETHING"), None);
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let shop = Shop::new();
    shop.import("dev", "PORT=80\nBUCKET=a\n");
    shop.write("values.yaml", "PORT: 80\nBUCKET: b\n");
    let out = shop.ok(&["secrets", "import", "values.yaml"]);
    assert!(out.ends_with("1 value stored in dev, 1 unchanged.\n"), "{out}");
    let listed = shop.json(&["secrets", "list", "--env", "dev"]);
    let versions: Vec<_> =
        listed[0]["values"].as_array().expect("a list").iter().map(|value| value["version"].clone()).collect();
    assert_eq!(versions, [2, 1]);
}

#[test]
fn the_lines_of_a_key_without_quotes_are_not_shown() {
    let shop = Shop::new();
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
    shop.write("values.env", &format!("STRIPE_KEY=-----BEGIN\n{body}\nabc/def+{body}==\n{body}=\n"));
    let answer = shop.takk(&["secrets", "import", "values.env", "--partial"]);
    assert!(!(answer.out + &answer.err).contains("MIIE"));
}

#[test]
fn a_file_that_cannot_be_read_ends_with_2() {
    let shop = Shop::new();
    std::fs::write(shop.path().join("binary"), [0xff, 0xfe, 0x00]).expect("written");
    for (file, error) in [("nowhere", "error: cannot read `nowhere`"), ("binary", "error: `binary` is not UTF-8 text")] {
        let answer = shop.takk(&["secrets", "import", file]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.starts_with(error), "{}", answer.err);
    }
}

#[test]
fn the_standard_input_is_a_file_too() {
    let shop = Shop::new();
    let mut command = program(shop.home.path());
    command.current_dir(shop.path()).args(["secrets", "import", "-"]);
    piped(command, b"PORT: 80\nBUCKET: b\n").done();
    assert_eq!(shop.get("dev", "BUCKET").as_deref(), Some("b"));
}

/// A file that another tool wrote, and its contents.
fn written_by(tool: &str) -> (PathBuf, serde_json::Map<String, serde_json::Value>) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange");
    let values = std::fs::read_to_string(directory.join("values.json")).expect("the values are there");
    (directory.join(format!("{tool}.env")), serde_json::from_str(&values).expect("JSON"))
}

#[test]
fn what_other_tools_wrote_is_read_as_they_meant_it() {
    for tool in ["dotenvx", "secretspec", "takk"] {
        let shop = Shop::new();
        let (file, values) = written_by(tool);
        let file = file.to_str().expect("text");
        let answer = shop.takk(&["secrets", "import", file, "--env", "prod"]);
        assert_eq!(answer.code, 0, "{tool}: {}{}", answer.out, answer.err);
        for (name, value) in &values {
            assert_eq!(shop.get("prod", name).as_deref(), value.as_str(), "{tool}: {name}");
        }
        let exported = shop.ok(&["secrets", "export", "--env", "prod", "--format", "dotenv"]);
        let again = Shop::new();
        again.write("exported.env", &exported);
        again.ok(&["secrets", "import", "exported.env", "--env", "prod"]);
        for (name, value) in &values {
            assert_eq!(again.get("prod", name).as_deref(), value.as_str(), "{tool}: {name}, exported and imported");
        }
    }
}

#[test]
fn an_encrypted_value_is_no_value() {
    let shop = Shop::new();
    let (file, _) = written_by("dotenvx-encrypted");
    let answer = shop.takk(&["secrets", "import", file.to_str().expect("text"), "--env", "prod"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(answer.out.contains("encrypted by dotenvx"), "{}", answer.out);
    assert_eq!(shop.get("prod", "STRIPE_KEY"), None);
}

#[test]
fn a_variable_in_a_value_that_nothing_sets_is_not_left_out_in_silence() {
    let shop = Shop::new();
    shop.write("values.env", "PART=x\nBUCKET=a${PART}b${OTHER:-c}\nSTRIPE_KEY='canary${word}more'\n");
    let answer = shop.takk(&["secrets", "import", "values.env", "--env", "prod", "--partial"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(answer.out.contains("refused     STRIPE_KEY, line 3") && answer.out.contains("`${...}`"), "{}", answer.out);
    assert!(!answer.out.contains("canary") && !answer.out.contains("word"), "{}", answer.out);
    assert_eq!(shop.get("prod", "BUCKET").as_deref(), Some("axbc"));
    assert_eq!(shop.get("prod", "STRIPE_KEY"), None);
}
