//! What a setting is for, from its name: a secret that is the program's own can be generated; one that someone else issues cannot.
//!
//! A generated value in place of one that must come from outside is only noticed when the program runs. So the name must show that the
//! value is the program's own; otherwise, it counts as coming from outside.

use std::borrow::Cow;

use super::vendors::vendor;
use takk_catalog::example_url;
use takk_model::{DefaultValue, Setting};

/// The purpose of a generated value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Typed by people and used in URLs.
    Password,
    /// A key, token, salt: 256 bits.
    Key(Form),
    /// A key for `cryptography.fernet`.
    Fernet,
}

/// How 256 bits are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// base64url without padding.
    Url,
    /// base64 with padding.
    Base64,
    Hex,
}

/// Words at the end of a name that describe the encoding, or distinguish several values.
const SUFFIXES: &[&str] =
    &["hex", "base64", "b64", "base", "bytes", "str", "string", "value", "current", "primary", "default", "new", "v"];

/// Words that indicate a password.
const PASSWORDS: &[&str] = &["password", "passwd", "passphrase", "pass", "pwd"];

/// Words that indicate that a password belongs to something that already exists.
const OTHERS_PASSWORDS: &[(&str, &str)] = &[
    ("smtp", "the mail server"),
    ("imap", "the mail server"),
    ("mail", "the mail server"),
    ("email", "the mail server"),
    ("ldap", "the directory"),
    ("ftp", "the file server"),
    ("sftp", "the file server"),
    ("proxy", "the proxy"),
    ("ssh", "the SSH key"),
    ("key", "the key"),
    ("keystore", "the key store"),
    ("truststore", "the trust store"),
    ("cert", "the certificate"),
    ("certificate", "the certificate"),
    ("pfx", "the certificate"),
    ("hash", "a hash"),
];

/// Words for what the program itself does with a key or secret.
const PURPOSES: &[&str] = &[
    "aes",
    "app",
    "application",
    "auth",
    "authentication",
    "cipher",
    "cookie",
    "cron",
    "crypt",
    "crypto",
    "csrf",
    "cursor",
    "data",
    "django",
    "encrypt",
    "encryption",
    "fastapi",
    "fernet",
    "field",
    "flask",
    "hash",
    "hashing",
    "hmac",
    "invite",
    "jobs",
    "jwe",
    "jws",
    "jwt",
    "magic",
    "master",
    "nextauth",
    "nonce",
    "otp",
    "pagination",
    "pepper",
    "preview",
    "refresh",
    "reset",
    "revalidate",
    "revalidation",
    "salt",
    "secret",
    "session",
    "sessions",
    "share",
    "sign",
    "signature",
    "signing",
    "starlette",
    "state",
    "totp",
    "unsubscribe",
    "verification",
    "xsrf",
];

/// Words that indicate that the program itself issues the value.
const OWN: &[&str] = &[
    "admin",
    "backend",
    "bootstrap",
    "csrf",
    "cron",
    "health",
    "healthcheck",
    "inter",
    "internal",
    "job",
    "local",
    "maintenance",
    "management",
    "metrics",
    "monitoring",
    "own",
    "registration",
    "root",
    "scheduler",
    "scrape",
    "self",
    "server",
    "service",
    "shared",
    "superuser",
    "system",
    "task",
    "worker",
    "xsrf",
];

/// Words that indicate that the value is issued elsewhere, regardless of other words.
const OUTSIDE: &[(&str, &str)] = &[
    ("client", "the service that the client logs in to issues its credentials"),
    ("consumer", "the service that the client logs in to issues its credentials"),
    ("oauth", "the OAuth provider issues it"),
    ("oauth2", "the OAuth provider issues it"),
    ("oidc", "the OpenID Connect provider issues it"),
    ("sso", "the single sign-on provider issues it"),
    ("webhook", "the service that calls the webhook issues it"),
    ("public", "both halves of a key pair must be generated together"),
    ("private", "both halves of a key pair must be generated together"),
    ("rsa", "both halves of a key pair must be generated together"),
    ("ssh", "both halves of a key pair must be generated together"),
    ("pem", "both halves of a key pair must be generated together"),
    ("vapid", "both halves of a key pair must be generated together"),
    ("license", "the vendor issues the license"),
    ("licence", "the vendor issues the license"),
    ("previous", "it is the value that was used before"),
    ("old", "it is the value that was used before"),
    ("hashed", "a hash is computed from the original value"),
];

/// Last words that indicate something else than a secret.
const THINGS: &[(&[&str], &str)] = &[
    (
        &["url", "uri", "dsn", "endpoint", "host", "hostname", "domain", "webhook", "address", "origin"],
        "takk cannot generate a URL",
    ),
    (&["email", "mail", "sender"], "takk cannot generate an email address"),
    (&["id", "sid", "arn", "kid"], "the service it belongs to assigns the identifier"),
    (&["user", "username", "login", "account", "name"], "you have to choose a name"),
    (&["path", "file", "dir", "directory"], "a path must point to something that exists"),
    (&["cert", "certificate", "crt", "jwk", "jwks"], "a certificate authority issues it"),
];

/// The purpose of the setting, or why its value has to come from elsewhere.
pub(super) fn role(setting: &Setting) -> Result<Role, Cow<'static, str>> {
    let name = words(&setting.name);
    let variables: Vec<String> = setting.env.iter().flat_map(|variable| words(variable)).collect();
    if let Some(part) = &setting.resource {
        return of_resource(&part.kind, &part.part);
    }
    if setting.service.is_some() {
        return Err("takk sets the URL of a service itself".into());
    }
    if !setting.template.is_empty() {
        return Err("takk composes it from other values".into());
    }
    if let Some(vendor) = vendor(&name).or_else(|| vendor(&variables)) {
        return Err(format!("{vendor} issues it").into());
    }
    let role = of_name(&name)?;
    let about = words(setting.description.as_deref().unwrap_or_default());
    let mentions = |word: &str| name.iter().chain(&variables).chain(&about).any(|known| known == word);
    Ok(match role {
        _ if mentions("fernet") || has_fernet_default(setting) => Role::Fernet,
        Role::Key(_) if mentions("hex") || mentions("hexadecimal") => Role::Key(Form::Hex),
        Role::Key(_) if mentions("base64") || mentions("b64") => Role::Key(Form::Base64),
        other => other,
    })
}

/// Why a SQLAlchemy URL has to come from elsewhere, with an example.
pub(super) fn url_from_outside(setting: &Setting) -> Option<Cow<'static, str>> {
    let (part, driver) = (setting.resource.as_ref()?, setting.driver.as_ref()?);
    let example = example_url(&part.kind, &driver.scheme);
    Some(format!("takk cannot generate a URL; it looks like {example}").into())
}

/// Why a UUID has to come from elsewhere, if it does.
pub(super) fn uuid_from_outside(setting: &Setting) -> Option<Cow<'static, str>> {
    let mut all = words(&setting.name);
    all.extend(setting.env.iter().flat_map(|variable| words(variable)));
    if let Some(vendor) = vendor(&all) {
        return Some(format!("{vendor} issues it").into());
    }
    let given = ["client", "tenant", "subscription", "account", "organization", "organisation", "org", "customer", "workspace"];
    let known = all.iter().any(|word| given.contains(&word.as_str())) || setting.resource.is_some();
    known.then_some(Cow::Borrowed("the service it belongs to assigns the identifier"))
}

/// The role of a part of a resource: takk chooses the password of servers that it creates; everything else exists already.
fn of_resource(kind: &str, part: &str) -> Result<Role, Cow<'static, str>> {
    match part {
        "password" => Ok(Role::Password),
        "token" | "secret_key" | "access_key" | "creds" | "key" => Err(format!("the service (`{kind}`) issues it").into()),
        _ if ["dsn", "host", "url", "webhook_url", "endpoint"].contains(&part) => Err("takk cannot generate a URL".into()),
        _ => Err(format!("it says how to reach `{kind}`, and takk cannot generate that").into()),
    }
}

fn of_name(name: &[String]) -> Result<Role, Cow<'static, str>> {
    const UNSAID: &str = "its name does not say that the program issues it itself";
    let is_suffix = |word: &String| SUFFIXES.contains(&word.as_str()) || word.chars().all(|c| c.is_ascii_digit());
    let last = name.iter().rposition(|word| !is_suffix(word)).or_else(|| name.len().checked_sub(1));
    let Some((noun, before)) = last.and_then(|last| name[..=last].split_last()) else { return Err(UNSAID.into()) };
    let noun = noun.as_str();
    let has = |known: &[&str]| before.iter().any(|word| known.contains(&word.as_str()));
    if let Some((_, why)) = OUTSIDE.iter().find(|(word, _)| name.iter().any(|known| known == word)) {
        return Err((*why).into());
    }
    if let Some((_, why)) = THINGS.iter().find(|(nouns, _)| nouns.contains(&noun)) {
        return Err((*why).into());
    }
    if PASSWORDS.contains(&noun) {
        let other = OTHERS_PASSWORDS.iter().find(|(word, _)| before.iter().any(|known| known == word));
        return other.map_or(Ok(Role::Password), |(_, whose)| {
            Err(format!("it is the password of {whose}, which already has one").into())
        });
    }
    let key = Ok(Role::Key(Form::Url));
    let is_api = before.iter().any(|word| word == "api") || noun == "apikey";
    match noun {
        "salt" | "pepper" | "fernet" | "secret" if before.is_empty() => key,
        "salt" | "pepper" | "fernet" => key,
        "key" | "secret" | "token" | "apikey" if is_api => {
            if has(OWN) {
                key
            } else {
                Err(UNSAID.into())
            }
        }
        "token" => {
            if has(OWN) {
                key
            } else {
                Err(UNSAID.into())
            }
        }
        "key" | "secret" => {
            if has(PURPOSES) || has(OWN) {
                key
            } else {
                Err(UNSAID.into())
            }
        }
        "jwt" | "hmac" if before.is_empty() => key,
        "secretkey" | "jwtsecret" => key,
        _ => Err("its name does not suggest a password, key or token".into()),
    }
}

/// The words of a name in lower case: equal for `SECRET_KEY`, `secretKey` and `secret-key`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        if c.is_alphanumeric() {
            let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
            let starts = !before.is_alphanumeric()
                || (c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_is_lower)));
            if starts || words.is_empty() {
                words.push(String::new());
            }
            words.last_mut().expect("one was just begun").extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

/// Whether the default has the form of a Fernet key: 32 bytes as base64url with padding.
fn has_fernet_default(setting: &Setting) -> bool {
    let Some(DefaultValue::Value(value)) = &setting.default else { return false };
    let text = value.as_str().or_else(|| value.get("secret").and_then(|secret| secret.as_str()));
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    // The last digit encodes four bits, so its two lowest ones are zero.
    text.and_then(|text| text.strip_suffix('=')).is_some_and(|digits| {
        digits.len() == 43 && digits.chars().all(is_digit) && digits.ends_with(|c| "AEIMQUYcgkosw048".contains(c))
    })
}
