//! A stored value appears nowhere except where it is asked for.

use std::fs;

use super::{Home, set};

const CANARY: &str = "canary/9f2b+47d1=c0ffee?ä";

/// The forms in which a value may leak.
fn forms() -> Vec<Vec<u8>> {
    let bytes = CANARY.as_bytes();
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let encoded = |byte: &u8| {
        if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
    };
    let url = bytes.iter().map(encoded).collect::<Vec<_>>().concat();
    // `base64 <<< CANARY`, without the last group, which depends on what follows.
    let base64 = "Y2FuYXJ5LzlmMmIrNDdkMT1jMGZmZWU/";
    vec![bytes.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), url.into_bytes(), base64.as_bytes().to_vec()]
}

#[test]
fn no_file_of_the_store_holds_a_value() {
    let home = Home::new();
    let mut vault = home.vault();
    vault.create_environment("shop", "dev", None).expect("made");
    for _ in 0..3 {
        set(&mut vault, "dev", "KEY", CANARY);
    }
    let mut seen = 0;
    for entry in fs::read_dir(home.0.path()).expect("readable") {
        let path = entry.expect("readable").path();
        let content = fs::read(&path).expect("readable");
        seen += content.len();
        for form in forms() {
            let found = content.windows(form.len()).any(|window| window == form);
            assert!(!found, "{} holds the value as {}", path.display(), String::from_utf8_lossy(&form));
        }
    }
    assert!(seen > 4096, "there is no store to look into");
}
