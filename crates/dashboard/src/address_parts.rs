//! The parts of an address, for the variables of a resource that each hold one of them.

use takk_catalog::{Kind, catalog};
use takk_model::percent::decoded;
use takk_plan::{PlannedResource, PlannedVariable, State};
use url::Url;
use zeroize::Zeroizing;

use super::answers::verdict;
use takk_server::hosted::manifests::Needed;

/// A part, and its text in an address.
type Part = (&'static str, fn(&Url, &Kind) -> Option<String>);

/// The parts that an address can have.
const PARTS: &[Part] = &[
    ("dsn", |url, _| Some(url.to_string())),
    ("host", |url, _| Some(host(url)?.trim_start_matches('[').trim_end_matches(']').to_owned())),
    ("port", |url, kind| Some(url.port_or_known_default().or(kind.port)?.to_string())),
    ("database", |url, _| path(url)),
    ("bucket", |url, _| path(url)),
    ("username", |url, _| text(url.username())),
    ("access_key", |url, _| text(url.username())),
    ("password", |url, _| text(url.password()?)),
    ("secret_key", |url, _| text(url.password()?)),
    ("endpoint", |url, _| endpoint(url)),
    ("region", |url, _| parameter(url, "region")),
    ("ssl", |url, _| parameter(url, "sslmode").or_else(|| Some("prefer".to_owned()))),
];

/// The variables of a resource that hold parts of it.
fn variables<'n>(needed: &'n Needed, resource: &'n PlannedResource) -> impl Iterator<Item = (&'n PlannedVariable, &'n str)> {
    let all = needed.plan.variables.iter().filter(|variable| resource.variables.contains(&variable.declared.name));
    all.filter_map(|variable| Some((variable, variable.declared.resource.as_ref()?.part.as_str())))
}

/// How an address for a resource is written, if one address has everything that its variables need.
pub(super) fn form(needed: &Needed, resource: &PlannedResource) -> Option<String> {
    let kind = catalog().kind(&resource.kind)?;
    let mut parts = variables(needed, resource).map(|(_, part)| part).peekable();
    parts.peek()?;
    let has_keys = kind.tags.iter().any(|tag| tag.part == "access_key");
    if !parts.all(|part| PARTS.iter().any(|(known, _)| *known == part)) || (kind.schemes.is_empty() && !has_keys) {
        return None;
    }
    Some(match kind.schemes.first() {
        Some(scheme) if !has_keys => {
            let port = kind.port.map(|port| format!(":{port}")).unwrap_or_default();
            let path = match kind.name {
                "redis" => "/0",
                "amqp" => "/vhost",
                "nats" => "",
                _ => "/database",
            };
            format!("{scheme}://user:password@host{port}{path}")
        }
        _ => "https://ACCESS_KEY:SECRET_KEY@host/name?region=eu-central-1".to_owned(),
    })
}

/// The values of the variables of a resource; or why the address does not have them, as a clause without a part of it.
pub(super) fn split(
    address: &str,
    needed: &Needed,
    resource: &PlannedResource,
) -> Result<Vec<(String, Zeroizing<String>)>, String> {
    let kind = catalog().kind(&resource.kind).ok_or_else(|| "one address cannot say where this is".to_owned())?;
    let url = Url::parse(address.trim()).map_err(|_| "this is not a URL".to_owned())?;
    if host(&url).is_none() {
        return Err("the address names no host".to_owned());
    }
    let scheme = url.scheme().split('+').next().unwrap_or_default();
    let is_web = matches!(scheme, "http" | "https");
    if !is_web && !kind.schemes.contains(&scheme) && !kind.dsn_types.iter().any(|row| row.schemes.contains(&scheme)) {
        return Err(format!(
            "an address of {} begins with {}://",
            kind.display,
            kind.schemes.first().copied().unwrap_or("https")
        ));
    }
    let mut values = Vec::new();
    for (variable, part) in variables(needed, resource) {
        let name = &variable.declared.name;
        let known = PARTS.iter().find(|(known, _)| *known == part);
        let Some(text) = known.and_then(|(_, read)| read(&url, kind)) else {
            if variable.state == State::Missing {
                return Err(format!("the address has no {}, which `{name}` needs", part.replace('_', " ")));
            }
            continue;
        };
        let value = if part == "dsn" { dsn(&url, variable, kind, needed)? } else { Zeroizing::new(text) };
        if let Err(wrong) = verdict(Some(needed), name, &value) {
            return Err(format!("`{name}` would not accept its part: {wrong}"));
        }
        values.push((name.clone(), value));
    }
    if values.is_empty() { Err("the address has nothing that a variable needs".to_owned()) } else { Ok(values) }
}

/// The address with a scheme that the variable accepts: the one that was typed, unless it names no driver and the code needs one.
fn dsn(url: &Url, variable: &PlannedVariable, kind: &Kind, needed: &Needed) -> Result<Zeroizing<String>, String> {
    let driver = variable.declared.driver.as_ref().map(|driver| driver.scheme.as_str());
    let typed = url.scheme().to_owned();
    let first = driver.filter(|_| !typed.contains('+'));
    let accepted = kind.dsn_types.iter().flat_map(|row| row.schemes.iter().copied());
    let mut schemes: Vec<&str> = first.into_iter().chain([typed.as_str()]).chain(driver).collect();
    // What is encrypted stays so: `rediss` does not become `redis`.
    schemes.extend(kind.schemes.iter().copied().chain(accepted).filter(|_| !typed.ends_with('s')));
    let mut wrong = String::new();
    for scheme in schemes {
        let text = with_scheme(url, scheme);
        match verdict(Some(needed), &variable.declared.name, &text) {
            Ok(_) => return Ok(text),
            Err(why) if wrong.is_empty() => wrong = why,
            Err(_) => {}
        }
    }
    Err(format!("`{}` does not accept it: {wrong}", variable.declared.name))
}

fn with_scheme(url: &Url, scheme: &str) -> Zeroizing<String> {
    let text = Zeroizing::new(url.to_string());
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let text = format!("{scheme}://{rest}");
    // asyncpg has its own name for it.
    Zeroizing::new(if scheme.ends_with("+asyncpg") { text.replacen("sslmode=", "ssl=", 1) } else { text })
}

fn host(url: &Url) -> Option<&str> {
    url.host_str().filter(|host| !host.is_empty())
}

fn text(part: &str) -> Option<String> {
    String::from_utf8(decoded(part)).ok().filter(|text| !text.is_empty())
}

fn path(url: &Url) -> Option<String> {
    text(url.path().trim_matches('/'))
}

fn endpoint(url: &Url) -> Option<String> {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{}{port}", url.scheme(), host(url)?))
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(address: &str, kind: &str, part: &str) -> Option<String> {
        let (_, read) = PARTS.iter().find(|(known, _)| *known == part).expect("a part");
        read(&Url::parse(address).expect("a URL"), catalog().kind(kind).expect("a kind"))
    }

    #[test]
    fn each_part_is_read() {
        let address = "postgresql://a%40b:p%2Fw@[::1]/shop?sslmode=require";
        for (name, expected) in [
            ("host", "::1"),
            ("port", "5432"),
            ("username", "a@b"),
            ("password", "p/w"),
            ("database", "shop"),
            ("ssl", "require"),
        ] {
            assert_eq!(part(address, "postgres", name).as_deref(), Some(expected), "{name}");
        }
        let address = "https://AK:SK@s3.example.org:9000/orders?region=eu-1";
        for (name, expected) in [
            ("endpoint", "https://s3.example.org:9000"),
            ("access_key", "AK"),
            ("secret_key", "SK"),
            ("bucket", "orders"),
            ("region", "eu-1"),
        ] {
            assert_eq!(part(address, "s3", name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(part("redis://cache", "redis", "password"), None);
        let url = Url::parse("postgresql://a:b@c/d?sslmode=require").expect("a URL");
        assert_eq!(with_scheme(&url, "postgresql+asyncpg").as_str(), "postgresql+asyncpg://a:b@c/d?ssl=require");
    }
}
