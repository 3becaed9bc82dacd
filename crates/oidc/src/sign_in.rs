//! People who sign in at an issuer: the authorization code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636).

use std::time::Instant;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use super::claims::Claims;
use super::error::{OidcError, Result};
use super::issuers::Issuers;
use super::metadata::Metadata;
use takk_project::config::OidcSettings;
use takk_vault::token_hash;

/// Our client at the issuer.
#[derive(Clone)]
pub struct Elsewhere {
    /// The issuer, with our credentials.
    pub settings: OidcSettings,
    /// The redirect URL.
    pub back: String,
}

/// A person who signed in at an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub issuer: String,
    /// The issuer's permanent identifier of the person.
    pub subject: String,
    /// The e-mail address, if the issuer has verified it.
    pub email: Option<String>,
    /// The preferred name.
    pub name: Option<String>,
}

/// The response to a code.
#[derive(Deserialize)]
struct Tokens {
    id_token: Zeroizing<String>,
    #[serde(default)]
    access_token: Zeroizing<String>,
}

impl Issuers {
    /// The page of the issuer where a person signs in.
    pub fn page(&self, at: &Elsewhere, state: &str, nonce: &str, verifier: &str, now: Instant) -> Result<String> {
        let known = self.known(&at.settings.issuer, now)?;
        let address = known.metadata.authorization_endpoint.as_deref();
        let nowhere = || OidcError::unreachable(&at.settings.issuer, "it has no authorization endpoint");
        let mut url = Url::parse(address.unwrap_or_default()).map_err(|_| nowhere())?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(nowhere());
        }
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(token_hash(verifier));
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &at.settings.client_id),
            ("redirect_uri", &at.back),
            ("scope", "openid email profile"),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Ok(url.into())
    }

    /// The person for a code.
    pub fn person(&self, at: &Elsewhere, code: &str, nonce: &str, verifier: &str, now: Instant) -> Result<Person> {
        let issuer = &at.settings.issuer;
        let known = self.known(issuer, now)?;
        let tokens = self.tokens(at, &known.metadata, code, verifier)?;
        let claims = self.verified(&tokens.id_token, issuer, &at.settings.client_id, now)?;
        if claims.text("nonce").as_deref() != Some(nonce) {
            return Err(OidcError::refused("it belongs to another sign-in"));
        }
        if claims.value("azp").is_some_and(|asked_by| asked_by.as_str() != Some(at.settings.client_id.as_str())) {
            return Err(OidcError::refused("it was issued to another client"));
        }
        let subject = claims.text("sub").filter(|subject| !subject.is_empty() && subject.len() <= 255);
        let subject = subject.ok_or_else(|| OidcError::refused("it has no subject"))?;
        let more = self.more(&known.metadata, &claims, &subject, &tokens);
        let email = |claims: &Claims| claims.text("email").filter(|_| claims.is_true("email_verified"));
        let name = |claims: &Claims| {
            let names = ["preferred_username", "nickname", "name"];
            names.into_iter().find_map(|name| claims.text(name).filter(|text| !text.trim().is_empty()))
        };
        let either = |read: &dyn Fn(&Claims) -> Option<String>| read(&claims).or_else(|| more.as_ref().and_then(read));
        Ok(Person { issuer: issuer.clone(), email: either(&email), name: either(&name), subject })
    }

    fn tokens(&self, at: &Elsewhere, metadata: &Metadata, code: &str, verifier: &str) -> Result<Tokens> {
        let address = metadata.token_endpoint.as_deref().unwrap_or_default();
        let OidcSettings { client_id, client_secret, .. } = &at.settings;
        let supports = |method: &str| metadata.token_endpoint_auth_methods_supported.iter().any(|known| known == method);
        let mut form = Serializer::new(String::new());
        form.extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &at.back),
            ("code_verifier", verifier),
        ]);
        let mut authorization = None;
        match client_secret {
            Some(secret) if supports("client_secret_basic") => {
                let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret.expose())));
                authorization = Some(Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes()))));
            }
            Some(secret) => drop(form.extend_pairs([("client_id", client_id.as_str()), ("client_secret", secret.expose())])),
            None => drop(form.append_pair("client_id", client_id)),
        }
        let form = Zeroizing::new(form.finish());
        self.fetcher.post(address, authorization.as_ref().map(|text| text.as_str()), &form)
    }

    /// Requests further claims, if the token lacks the e-mail address, as it may (5.4).
    fn more(&self, metadata: &Metadata, claims: &Claims, subject: &str, tokens: &Tokens) -> Option<Claims> {
        let address = metadata.userinfo_endpoint.as_deref()?;
        if claims.value("email").is_some() || tokens.access_token.is_empty() {
            return None;
        }
        let found: Map<String, Value> = self.fetcher.get(address, Some(&tokens.access_token)).ok()?;
        // Claims about a different subject are ignored (5.3.2).
        Some(Claims::new(found)).filter(|found| found.text("sub").as_deref() == Some(subject))
    }
}
