//! The client's address behind proxies: that of the last hop that is not a trusted proxy. Addresses in headers from anyone else are
//! ignored.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use takk_project::config::{ForwardedHeader, TrustedProxies};

/// The client's address, for a request from `peer`.
pub(super) fn client(trusted: &TrustedProxies, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut client = peer.to_canonical();
    if !trusted.cover(client) {
        return client;
    }
    let hops = match trusted.header {
        ForwardedHeader::XForwardedFor => listed(headers, "x-forwarded-for", |hop| Some(hop.to_owned())),
        ForwardedHeader::Forwarded => listed(headers, "forwarded", forwarded_for),
    };
    // Each proxy appends the address of its own client.
    for hop in hops.into_iter().rev() {
        let Some(address) = hop.as_deref().and_then(address) else { return client };
        client = address;
        if !trusted.cover(client) {
            return client;
        }
    }
    client
}

/// The addresses in all headers of that name, in order.
fn listed(headers: &HeaderMap, name: &str, read: impl Fn(&str) -> Option<String>) -> Vec<Option<String>> {
    let texts = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
    texts.flat_map(|text| text.split(',')).map(|hop| read(hop.trim())).collect()
}

/// The `for` parameter of an element of `Forwarded` (RFC 7239, 4).
fn forwarded_for(element: &str) -> Option<String> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// Parses an address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn found(header: ForwardedHeader, peer: &str, sent: &[(&'static str, &'static str)]) -> String {
        let networks = ["10.0.0.0/8", "2001:db8::/32"].map(|text| text.parse().expect("a network")).to_vec();
        let pairs = sent.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        client(&TrustedProxies { networks, header }, peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn the_last_hop_that_is_no_proxy_is_who_asks() {
        let found = |peer, text| found(ForwardedHeader::XForwardedFor, peer, &[("x-forwarded-for", text)]);
        for (peer, text, client) in [
            ("192.0.2.9", "198.51.100.1", "192.0.2.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.7, 198.51.100.1,10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            ("10.0.0.1", "[2001:db9::1]:80", "2001:db9::1"),
            ("2001:db8::1", "2001:db9::2", "2001:db9::2"),
            ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
            ("10.0.0.1", "nonsense, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            assert_eq!(found(peer, text), client, "{peer} {text}");
        }
    }

    #[test]
    fn only_the_header_that_the_proxies_write_is_read() {
        let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=203.0.113.7")];
        assert_eq!(found(ForwardedHeader::XForwardedFor, "10.0.0.1", &both), "198.51.100.1");
        assert_eq!(found(ForwardedHeader::Forwarded, "10.0.0.1", &both), "203.0.113.7");
        assert_eq!(found(ForwardedHeader::Forwarded, "10.0.0.1", &both[..1]), "10.0.0.1");
        let forwarded = |text| found(ForwardedHeader::Forwarded, "10.0.0.1", &[("forwarded", text)]);
        assert_eq!(forwarded("for=203.0.113.7;proto=https, for=10.0.0.2"), "203.0.113.7");
        assert_eq!(forwarded("proto=https; For=\"[2001:db9::7]:4711\""), "2001:db9::7");
        assert_eq!(forwarded("for=203.0.113.7, for=_hidden"), "10.0.0.1");
        let twice = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(found(ForwardedHeader::XForwardedFor, "10.0.0.1", &twice), "198.51.100.1");
    }
}
