//! Values composed of stored ones.

use std::collections::HashMap;

use url::Url;
use zeroize::Zeroizing;

use takk_catalog::catalog;
use takk_model::{Environment, Manifest, ResourcePart, TemplatePart, percent};
use takk_plan::{ADDRESS, Address, Components, EnvironmentPlan, PARTS, PlannedVariable};
use takk_vault::SecretValue;

/// The data from which values are composed.
pub struct Composer<'c> {
    pub manifest: &'c Manifest,
    pub environment: &'c Environment,
    pub plan: &'c EnvironmentPlan,
    /// The stored values by name.
    pub stored: &'c HashMap<String, SecretValue>,
}

impl Composer<'_> {
    /// The value of a variable that is composed of stored ones; `None` if a part is missing.
    pub fn compose(&self, variable: &PlannedVariable) -> Option<SecretValue> {
        if variable.declared.template.is_empty() { self.address(variable) } else { self.template(variable) }
    }

    fn template(&self, variable: &PlannedVariable) -> Option<SecretValue> {
        let declared = &variable.declared;
        let components = Components::new(self.manifest);
        let mut text = Zeroizing::new(String::new());
        for part in &declared.template {
            match part {
                TemplatePart::Text(plain) => text.push_str(plain),
                TemplatePart::Service(reference) => match components.address(reference, &declared.services, self.environment) {
                    Address::Url(url) => text.push_str(&url),
                    Address::Unresolved(_) => return None,
                },
                TemplatePart::Resource(part) => {
                    let value = self.part(part)?;
                    // In a URL, characters that would end a component are encoded.
                    if text.contains("://") { text.push_str(&encoded(&part.part, &value)) } else { text.push_str(&value) }
                }
            }
        }
        Some(SecretValue::new(std::mem::take(&mut *text)))
    }

    /// `scheme://username:password@host:port/database`, composed of the stored parts. The scheme of a SQLAlchemy URL names the driver.
    fn address(&self, variable: &PlannedVariable) -> Option<SecretValue> {
        let address = variable.declared.resource.as_ref()?;
        let plain = catalog().kind(&address.kind)?.schemes.first()?;
        let scheme = variable.declared.driver.as_ref().map_or(*plain, |driver| &driver.scheme);
        let written = |name: &str| {
            let value = self.stored_part(&ResourcePart { part: name.to_owned(), ..address.clone() })?;
            Some(encoded(name, value.expose()))
        };
        let [username, password, host, port, database] = PARTS.map(written);
        let mut text = Zeroizing::new(format!("{scheme}://"));
        if username.is_some() || password.is_some() {
            text.push_str(&username.unwrap_or_default());
            if let Some(password) = password {
                text.push(':');
                text.push_str(&password);
            }
            text.push('@');
        }
        text.push_str(&host?);
        for (before, part) in [(':', port), ('/', database)] {
            if let Some(part) = part {
                text.push(before);
                text.push_str(&part);
            }
        }
        Some(SecretValue::new(std::mem::take(&mut *text)))
    }

    /// A part of a resource: its stored value, or else taken from the resource's stored URL.
    pub fn part(&self, part: &ResourcePart) -> Option<Zeroizing<String>> {
        if let Some(own) = self.stored_part(part) {
            return Some(Zeroizing::new(own.expose().to_owned()));
        }
        let address = self.stored_part(&ResourcePart { part: ADDRESS.to_owned(), ..part.clone() })?;
        let url = Url::parse(address.expose()).ok()?;
        let decoded = |text: &str| {
            let bytes = percent::decoded(text);
            String::from_utf8(bytes).ok().map(Zeroizing::new)
        };
        match part.part.as_str() {
            "username" => decoded(url.username()).filter(|text| !text.is_empty()),
            "password" => decoded(url.password()?),
            "host" => decoded(url.host_str()?),
            "port" => {
                let usual = catalog().kind(&part.kind).and_then(|kind| kind.port);
                url.port_or_known_default().or(usual).map(|port| Zeroizing::new(port.to_string()))
            }
            "database" => decoded(url.path().strip_prefix('/')?).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The stored value of the variable that holds this part.
    pub fn stored_part(&self, part: &ResourcePart) -> Option<&SecretValue> {
        let variables = self.plan.variables.iter().filter(|variable| variable.declared.resource.as_ref() == Some(part));
        variables.flat_map(|variable| variable.declared.names()).find_map(|name| self.stored.get(name))
    }
}

/// Encodes a part for a URL (RFC 3986): everything but unreserved characters. Hosts and ports stay as they are.
fn encoded(part: &str, value: &str) -> Zeroizing<String> {
    if matches!(part, "host" | "port") {
        return Zeroizing::new(value.to_owned());
    }
    Zeroizing::new(percent::encoded(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_stays_as_it_is() {
        assert_eq!(encoded("password", "p@ss:w/rd").as_str(), "p%40ss%3Aw%2Frd");
        assert_eq!(encoded("host", "[::1]").as_str(), "[::1]");
    }
}
