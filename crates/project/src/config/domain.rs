//! Base domains: `shop.example.org`, or `{env}.shop.example.org` with `{env}` as the name of the environment.

use super::section::Section;
use takk_model::EnvironmentName;

const PLACEHOLDER: &str = "{env}";

/// The value of the key `domain`, with its placeholder.
pub(super) fn read(section: &mut Section) -> Option<String> {
    let (domain, span) = section.string("domain")?;
    match check(domain) {
        Ok(()) => Some(domain.to_owned()),
        Err(reason) => {
            let help = "write a domain such as \"shop.example.org\" or \"{env}.shop.example.org\"".to_owned();
            section.bad(&span, format!("`{domain}` is not a domain: {reason}"), help);
            None
        }
    }
}

/// Fills in the name of the environment. A character that a DNS label cannot have becomes `-`: `preview/new-cart` is `preview-new-cart`.
pub(super) fn fill(domain: &str, environment: &EnvironmentName) -> String {
    let label = environment.as_str().replace(['/', '_', '.'], "-");
    domain.replace(PLACEHOLDER, &label)
}

fn check(domain: &str) -> Result<(), &'static str> {
    let sample = domain.replace(PLACEHOLDER, "x");
    if sample.contains("://") {
        return Err("it has a scheme, which each service adds itself");
    }
    if sample.contains(['{', '}']) {
        return Err("{env} is the only placeholder allowed");
    }
    if sample.contains(['/', ':']) {
        return Err("it has a port or a path");
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if sample.len() <= 253 && sample.split('.').all(is_label) {
        Ok(())
    } else {
        Err("its parts must be letters, digits and `-`, separated by dots")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for domain in
            ["shop.example.org", "{env}.shop.example.org", "localhost", "shop-{env}.example.org", "xn--bcher-kva.example"]
        {
            assert_eq!(check(domain), Ok(()), "{domain}");
        }
        for domain in
            ["", "https://x.org", "x.org/", "x.org:80", "{stage}.x.org", "a..b", "-a.org", "a b.org", "bücher.example"]
        {
            assert!(check(domain).is_err(), "{domain}");
        }
    }

    #[test]
    fn the_placeholder_becomes_one_label() {
        let name = EnvironmentName::parse("preview/feature/new_cart").expect("a valid name");
        assert_eq!(fill("{env}.shop.example.org", &name), "preview-feature-new-cart.shop.example.org");
    }
}
