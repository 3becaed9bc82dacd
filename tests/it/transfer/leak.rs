//! No output contains a value, except of the commands that are asked for one.

use super::Shop;
use crate::process::Answer;

const CANARY: &str = "canary/9f2b+47d1=c0ffee?ä";

/// The forms in which a value may leak, in lower case.
fn forms() -> Vec<String> {
    let bytes = CANARY.as_bytes();
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let encoded = |byte: &u8| {
        if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    };
    let url: String = bytes.iter().map(encoded).collect();
    // `base64 <<< CANARY`, after zero, one and two other bytes, without the characters that depend on what is before and after it.
    let base64 = ["Y2FuYXJ5LzlmMmIrNDdkMT1jMGZmZWU/", "NhbmFyeS85ZjJiKzQ3ZDE9YzBmZmVlP", "jYW5hcnkvOWYyYis0N2QxPWMwZmZlZT"];
    let base64 = base64.into_iter().flat_map(|text| [text.to_owned(), text.replace('/', "_").replace('+', "-")]);
    let plain = [CANARY.to_owned(), CANARY[..20].to_owned(), hex, url];
    plain.into_iter().chain(base64).map(|form| form.to_lowercase()).collect()
}

#[track_caller]
fn assert_silent(what: &[&str], answer: &Answer) {
    let said = format!("{}{}", answer.out, answer.err).to_lowercase();
    assert!(!said.is_empty(), "{what:?} says nothing");
    for form in forms() {
        assert!(!said.contains(&form), "{what:?} says {form}:\n{said}");
    }
}

/// Runs a command as text and as JSON.
fn runs(shop: &Shop, arguments: &[&str]) {
    assert_silent(arguments, &shop.takk(&[arguments, &["--json"]].concat()));
    assert_silent(arguments, &shop.takk(arguments));
}

#[test]
fn no_answer_has_a_value() {
    let shop = Shop::new();
    let dotenv = format!(
        "STRIPE_KEY='{CANARY}'\nSESSION_SECRET='{CANARY}'\nSMTP_HOST='http://{CANARY}'\nBUCKET='{CANARY}'\nPORT='{CANARY}'\n\
         LOG_LEVEL='{CANARY}'\nDATABASE_URL='postgresql://{CANARY}'\nCACHE='{{\"{CANARY}\": \"{CANARY}\"}}'\n\
         {CANARY}\nOTHER='{CANARY}'\nSTRIPE_KEY='{CANARY}' {CANARY}\nBROKEN='{CANARY}\n"
    );
    let json = format!("{{\"PORT\": \"{CANARY}\", \"BUCKET\": [\"{CANARY}\\u0000\"], \"CACHE\": {{\"{CANARY}\": 1}}}}");
    let yaml = format!("PORT: \"{CANARY}\"\nCACHE: {{\"{CANARY}\": \"{CANARY}\"}}\nBUCKET: !{CANARY} x\n");
    for (file, text) in [("a.env", &dotenv), ("a.json", &json), ("b.json", &json.replace(']', "")), ("a.yaml", &yaml)] {
        shop.write(file, text);
        for environment in ["dev", "test"] {
            runs(&shop, &["secrets", "import", file, "--env", environment]);
            runs(&shop, &["secrets", "import", file, "--env", environment, "--partial"]);
        }
        shop.write("cut", &text[..text.len() / 2]);
        runs(&shop, &["secrets", "import", "cut"]);
    }
    assert_eq!(shop.get("dev", "STRIPE_KEY").as_deref(), Some(CANARY), "there is something to say");
    let exported = shop.takk(&["secrets", "export", "--format", "shell"]).out.to_lowercase();
    assert!(forms().iter().any(|form| exported.contains(form)), "what is looked for would be found");
    runs(&shop, &["diff", "dev", "test", "--all"]);
    runs(&shop, &["diff", "test", "prod", "--all"]);
    runs(&shop, &["secrets", "promote", "--from", "test", "--to", "prod", "--dry-run"]);
    runs(&shop, &["secrets", "promote", "--from", "test", "--to", "prod", "--yes"]);
    runs(&shop, &["secrets", "promote", "--from", "test", "--to", "prod", "BUCKET", "STRIPE_KEY", "--yes"]);
    runs(&shop, &["diff", "test", "prod"]);
    // Values that cannot be exported are named, and not shown.
    shop.write("lines.env", &format!("BUCKET='{CANARY}\n{CANARY}'\n"));
    runs(&shop, &["secrets", "import", "lines.env"]);
    assert_silent(&["docker"], &shop.takk(&["secrets", "export", "--format", "docker"]));
}
