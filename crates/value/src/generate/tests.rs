//! What is generated, and what is not. `tests/it/made_up.rs` tests that pydantic accepts it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::sample::{BASE64_URL, READABLE, Sampler};
use super::{NotGenerable, Wanted, generate, is_generable};
use takk_model::{ClassRef, Constraints, DefaultValue, DriverAnswer, DriverRule, ResourcePart, Setting, UrlRule, ValueType};

fn setting(name: &str, accepts: ValueType) -> Setting {
    Setting {
        name: name.to_owned(),
        env: vec![name.to_uppercase()],
        nested: Vec::new(),
        type_name: String::new(),
        annotation: None,
        accepts,
        required: true,
        optional: false,
        secret: true,
        default: None,
        refused_default: None,
        updates_default: false,
        updated_default: None,
        constraints: BTreeMap::new(),
        choices: Vec::new(),
        description: None,
        deprecated: false,
        resource: None,
        sqlalchemy: false,
        driver: None,
        service: None,
        template: Vec::new(),
        path: None,
        given: None,
        owner: ClassRef { module: "app".to_owned(), qualname: "Settings".to_owned() },
        file: "app.py".to_owned(),
        line: 1,
        column: 1,
    }
}

fn secret(name: &str) -> Setting {
    setting(name, ValueType::Secret(Box::new(ValueType::Str)))
}

fn constrained(name: &str, set: impl FnOnce(&mut Constraints)) -> Setting {
    let mut constraints = Constraints::default();
    set(&mut constraints);
    setting(name, ValueType::Constrained(Box::new(constraints), Box::new(ValueType::Str)))
}

/// `SplitMix64` from that seed.
fn random(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb).to_be_bytes()[0];
        }
    }
}

fn made(setting: &Setting) -> Result<String, NotGenerable> {
    let value = generate(&Wanted { setting }, &mut random(7)).map(|value| (*value).clone());
    assert_eq!(value.is_ok(), is_generable(setting), "{}", setting.name);
    value
}

#[track_caller]
fn value(setting: &Setting) -> String {
    made(setting).unwrap_or_else(|why| panic!("{}: {why}", setting.name))
}

#[track_caller]
fn reason(setting: &Setting) -> String {
    made(setting).map_or_else(|why| why.to_string(), |_| panic!("{} is made up", setting.name))
}

#[test]
fn equal_bytes_give_an_equal_value() {
    assert_eq!(value(&secret("secret_key")), value(&secret("secret_key")));
    let other = generate(&Wanted::from(&secret("secret_key")), &mut random(8)).expect("it is a key");
    assert_ne!(*other, value(&secret("secret_key")));
}

#[test]
fn a_value_has_the_form_of_its_role() {
    let password = value(&secret("admin_password"));
    assert!(password.len() == 32 && password.chars().all(|c| READABLE.contains(c)), "{password}");
    let key = value(&secret("jwt_secret"));
    assert!(key.len() == 43 && key.chars().all(|c| BASE64_URL.contains(c)), "{key}");
    let hex = value(&secret("signing_key_hex"));
    assert!(hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit() && !c.is_uppercase()), "{hex}");
    let base64 = value(&secret("encryption_key_base64"));
    assert!(base64.len() == 44 && base64.ends_with('='), "{base64}");
    let uuid = value(&setting("instance", ValueType::Uuid(None)));
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
}

#[test]
fn fernet_is_known_by_name_description_and_default() {
    let is_fernet = |setting: &Setting| {
        let key = value(setting);
        assert!(key.len() == 44 && key.ends_with('=') && !key.contains(['+', '/']), "{}: {key}", setting.name);
    };
    is_fernet(&secret("fernet_key"));
    is_fernet(&Setting { description: Some("A Fernet key for columns".to_owned()), ..secret("encryption_key") });
    let default = json!({ "secret": "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=" });
    is_fernet(&Setting { default: Some(DefaultValue::Value(default)), ..secret("encryption_key") });
}

#[test]
fn known_bytes_are_encoded_as_everyone_does() {
    let zeros = |padded| Sampler::new(&mut |bytes: &mut [u8]| bytes.fill(0)).key(BASE64_URL, padded).to_string();
    assert_eq!(zeros(true), "A".repeat(43) + "=");
    let mut next = 0;
    let mut counting = |bytes: &mut [u8]| {
        for byte in bytes {
            *byte = next;
            next += 1;
        }
    };
    assert_eq!(*Sampler::new(&mut counting).key(BASE64_URL, true), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
}

#[test]
fn every_character_has_the_same_chance() {
    let mut source = random(1);
    let mut sampler = Sampler::new(&mut source);
    let count = READABLE.len();
    let text = sampler.text(READABLE, 1000 * count);
    for letter in READABLE.chars() {
        let found = text.chars().filter(|c| *c == letter).count();
        assert!((850..1150).contains(&found), "{letter}: {found} of 1000");
    }
    // A source whose numbers are all drawn again does not cause an endless loop.
    assert!(Sampler::new(&mut |bytes: &mut [u8]| bytes.fill(0xff)).below(57) < 57);
}

#[test]
fn constraints_are_honoured() {
    assert_eq!(value(&constrained("secret_key", |c| c.min_length = Some(64))).len(), 64);
    assert_eq!(value(&constrained("admin_password", |c| c.max_length = Some(12))).len(), 12);
    assert_eq!(value(&constrained("signing_key_hex", |c| c.max_length = Some(33))).len(), 32);
    let matching = |name, pattern: &str| value(&constrained(name, |c| c.pattern = Some(pattern.to_owned())));
    assert_eq!(matching("secret_key", "^[a-f0-9]{64}$").len(), 64);
    let prefixed = matching("internal_api_key", "^sk-[A-Za-z0-9]{20,}$");
    assert!(prefixed.starts_with("sk-") && prefixed.len() == 46, "{prefixed}");
    assert!(matching("admin_token", "^tk_").starts_with("tk_"));
    assert!(matching("admin_token", "#$").ends_with('#'));
    assert_eq!(matching("admin_password", "^\\S{32}$").len(), 32);
    let both = constrained("secret_key", |c| {
        c.pattern = Some("^key_[a-z]+$".to_owned());
        c.max_length = Some(20);
    });
    assert_eq!(value(&both).len(), 20);
    let bytes = ValueType::Secret(Box::new(ValueType::Bytes));
    let constraints = Constraints { min_length: Some(32), max_length: Some(32), ..Constraints::default() };
    assert_eq!(value(&setting("encryption_key", ValueType::Constrained(Box::new(constraints), Box::new(bytes)))).len(), 32);
}

#[test]
fn what_constraints_leave_no_room_for_is_not_made_up() {
    let refused = |set: fn(&mut Constraints)| reason(&constrained("secret_key", set));
    assert_eq!(refused(|c| c.max_length = Some(4)), "its constraints allow so few values that it could be guessed");
    assert_eq!(
        refused(|c| c.pattern = Some("^[0-9]{4}$".to_owned())),
        "its constraints allow so few values that it could be guessed"
    );
    assert_eq!(refused(|c| c.pattern = Some("^a(?=b)".to_owned())), "only Python's regex engine can evaluate its pattern");
    assert_eq!(
        refused(|c| c.pattern = Some("a\\bb".to_owned())),
        "takk found no value that satisfies both its pattern and its length limits"
    );
    assert_eq!(refused(|c| c.min_length = Some(1_000_000)), "it must be longer than takk can generate");
    assert!(!refused(|c| c.pattern = Some("^((a{1000}){1000}){1000}$".to_owned())).is_empty());
    let fernet = constrained("fernet_key", |c| c.max_length = Some(32));
    assert_eq!(reason(&fernet), "pydantic would refuse the generated value: value must have at most 32 characters");
}

#[test]
fn what_comes_from_outside_is_not_made_up() {
    let names = [
        ("openai_api_key", "OpenAI issues it"),
        ("stripe_webhook_secret", "Stripe issues it"),
        ("aws_secret_access_key", "AWS issues it"),
        ("slack_signing_secret", "Slack issues it"),
        ("sentry_dsn", "Sentry issues it"),
        ("api_key", "its name does not say that the program issues it itself"),
        ("acme_api_key", "its name does not say that the program issues it itself"),
        ("acme_secret", "its name does not say that the program issues it itself"),
        ("access_token", "its name does not say that the program issues it itself"),
        ("github_token", "GitHub issues it"),
        ("oidc_client_secret", "the service that the client logs in to issues its credentials"),
        ("webhook_secret", "the service that calls the webhook issues it"),
        ("database_url", "takk cannot generate a URL"),
        ("jwt_private_key", "both halves of a key pair must be generated together"),
        ("jwt_algorithm", "its name does not suggest a password, key or token"),
        ("session_cookie_name", "you have to choose a name"),
        ("secret_key_id", "the service it belongs to assigns the identifier"),
        ("smtp_password", "it is the password of the mail server, which already has one"),
        ("primary_key", "its name does not say that the program issues it itself"),
        ("cache_key", "its name does not say that the program issues it itself"),
        ("", "its name does not say that the program issues it itself"),
        ("_1", "its name does not suggest a password, key or token"),
    ];
    for (name, why) in names {
        assert_eq!(reason(&secret(name)), why, "{name}");
    }
    assert_eq!(reason(&Setting { env: vec!["OPENAI_SECRET_KEY".to_owned()], ..secret("secret_key") }), "OpenAI issues it");
    assert_eq!(reason(&setting("azure_tenant", ValueType::Uuid(None))), "Azure issues it");
}

#[test]
fn what_is_the_programs_own_is_made_up() {
    let names = [
        "secret_key",
        "SECRET_KEY",
        "secretKey",
        "app_secret",
        "jwt_secret",
        "jwt_secret_key",
        "session_secret",
        "cron_secret",
        "password_salt",
        "pepper",
        "internal_api_key",
        "admin_api_key",
        "service_token",
        "metrics_token",
        "cookie_signing_key",
        "database_password",
        "db_pass",
        "first_superuser_password",
        "reset_password_token_secret",
        "nextauth_secret",
        "hmac_key",
        "encryption_key_2",
        "SECRET_KEY_BASE",
        "secret",
    ];
    let values: BTreeSet<String> = names.iter().map(|name| value(&secret(name))).collect();
    assert!(values.iter().all(|value| value.len() >= 32));
}

#[test]
fn only_a_text_or_a_uuid_is_made_up() {
    let any_url = UrlRule::default();
    for (accepts, why) in [
        (ValueType::Int, "you have to choose a number"),
        (ValueType::Bool, "you have to choose true or false"),
        (ValueType::Url(any_url), "takk cannot generate a URL"),
        (ValueType::Email, "takk cannot generate an email address"),
        (ValueType::Literal(vec![json!("a")]), "you have to choose one of the allowed values"),
        (ValueType::List(Box::new(ValueType::Str)), "it has several parts, and you have to choose them"),
        (ValueType::Uuid(Some(5)), "takk can generate only version 4 UUIDs"),
    ] {
        assert_eq!(reason(&setting("secret_key", accepts)), why);
    }
    value(&setting("secret_key", ValueType::Union(vec![ValueType::Secret(Box::new(ValueType::Str)), ValueType::None])));
}

#[test]
fn of_a_resource_only_the_password_is_made_up() {
    let part = |kind: &str, part: &str| {
        let resource = ResourcePart { kind: kind.to_owned(), name: "default".to_owned(), part: part.to_owned() };
        Setting { resource: Some(resource), ..secret("secret_key") }
    };
    assert_eq!(value(&part("postgres", "password")).len(), 32);
    assert_eq!(reason(&part("postgres", "dsn")), "takk cannot generate a URL");
    let driver = DriverAnswer {
        scheme: "mysql+pymysql".to_owned(),
        driver: Some("pymysql".to_owned()),
        rule: DriverRule::Only,
        reason: String::new(),
        package: None,
        package_version: None,
        place: None,
    };
    assert_eq!(
        reason(&Setting { driver: Some(driver), ..part("mysql", "dsn") }),
        "takk cannot generate a URL; it looks like mysql+pymysql://user:password@localhost:3306/database"
    );
    assert_eq!(reason(&part("llm", "token")), "the service (`llm`) issues it");
}
