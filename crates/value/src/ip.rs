//! IP addresses, interfaces and networks, as Python's `ipaddress` parses them.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::data::Data;
use super::verdict::{Check, refused, unchecked};
use takk_model::{Constraints, IpForm, IpRule};

/// A type of `ipaddress`, or a pydantic type for either version.
pub(super) fn check_ip(data: &Data, rule: IpRule, constraints: &Constraints) -> Check {
    let text = match data {
        _ if !constraints.is_empty() => return unchecked("constraints on an IP address"),
        Data::Text(text) => text,
        // A number is a valid address, too.
        Data::Int(_) | Data::List(_) | Data::Bool(_) => return unchecked("an IP address that is not a string"),
        _ => "",
    };
    let accepted = (rule.version != Some(6) && is_v4(text, rule.form)) || (rule.version != Some(4) && is_v6(text, rule.form));
    if accepted {
        return Ok(());
    }
    let version = rule.version.map_or_else(String::new, |version| format!("v{version}"));
    let (form, expected) = match rule.form {
        IpForm::Address => ("address", format!("an IP{version} address")),
        IpForm::Interface => ("interface", format!("an IP{version} address, with or without a prefix length")),
        IpForm::Network => ("network", format!("an IP{version} network without host bits")),
    };
    let error = match (rule.version, form) {
        (Some(4), "address") => "ip_v4_address",
        (Some(4), "interface") => "ip_v4_interface",
        (Some(4), _) => "ip_v4_network",
        (Some(_), "address") => "ip_v6_address",
        (Some(_), "interface") => "ip_v6_interface",
        (Some(_), _) => "ip_v6_network",
        (None, "address") => "ip_any_address",
        (None, "interface") => "ip_any_interface",
        (None, _) => "ip_any_network",
    };
    refused(error, expected)
}

fn is_v4(text: &str, form: IpForm) -> bool {
    let (address, mask) = split(text);
    let Ok(address) = address.parse::<Ipv4Addr>() else { return false };
    let Some(mask) = mask else { return true };
    let bits = u32::from(address);
    match (form, v4_mask(mask)) {
        (IpForm::Address, _) | (_, None) => false,
        (IpForm::Interface, Some(_)) => true,
        (IpForm::Network, Some(mask)) => bits & !mask == 0,
    }
}

/// `_make_netmask`: a prefix length, a netmask, or a host mask.
fn v4_mask(text: &str) -> Option<u32> {
    let of_length = |length: u32| u32::MAX.checked_shl(32 - length).unwrap_or(0);
    if let Some(length) = length(text, 32) {
        return Some(of_length(length));
    }
    let mask = u32::from(text.parse::<Ipv4Addr>().ok()?);
    let masks: Vec<u32> = (0..=32).map(of_length).collect();
    if masks.contains(&mask) {
        return Some(mask);
    }
    masks.contains(&!mask).then_some(!mask)
}

fn is_v6(text: &str, form: IpForm) -> bool {
    let (address, mask) = split(text);
    let (address, zone) = match address.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (address, None),
    };
    if zone.is_some_and(|zone| zone.is_empty() || zone.contains('%')) {
        return false;
    }
    let Ok(address) = address.parse::<Ipv6Addr>() else { return false };
    let Some(mask) = mask else { return true };
    match (form, length(mask, 128)) {
        (IpForm::Address, _) | (_, None) => false,
        (IpForm::Interface, Some(_)) => true,
        (IpForm::Network, Some(length)) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            u128::from(address) & !mask == 0
        }
    }
}

/// The parts before and after the slash.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once('/') {
        Some((address, mask)) => (address, Some(mask)),
        None => (text, None),
    }
}

/// `_prefix_from_prefix_string`
fn length(text: &str, most: u32) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|length| plain && *length <= most)
}
