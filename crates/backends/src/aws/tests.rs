//! Regions and addresses.

use std::time::UNIX_EPOCH;

use super::*;

fn process(variables: &'static [(&'static str, &'static str)]) -> Process {
    let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Process::new(variable, || UNIX_EPOCH)
}

#[test]
fn a_region_is_found_and_is_a_name() {
    let of = |variables, given| region(&process(variables), given, None).ok();
    assert_eq!(of(&[("AWS_REGION", "eu-north-1"), ("AWS_DEFAULT_REGION", "x")], None).as_deref(), Some("eu-north-1"));
    assert_eq!(of(&[("AWS_DEFAULT_REGION", "us-east-1")], None).as_deref(), Some("us-east-1"));
    assert_eq!(of(&[("AWS_REGION", "us-east-1")], Some("eu-west-2")).as_deref(), Some("eu-west-2"));
    assert_eq!(of(&[], None), None);
    for wrong in ["evil.example/", "eu north", "EU-NORTH-1", "x@y", "\n"] {
        assert_eq!(of(&[], Some(wrong)), None, "{wrong:?}");
    }
}

#[test]
fn an_address_follows_the_region_and_the_variables() {
    let of = |variables, region| endpoint(&process(variables), "SSM", "ssm", region).expect("no file is read");
    assert_eq!(of(&[], "eu-north-1"), "https://ssm.eu-north-1.amazonaws.com");
    assert_eq!(of(&[], "cn-north-1"), "https://ssm.cn-north-1.amazonaws.com.cn");
    assert_eq!(of(&[("AWS_USE_FIPS_ENDPOINT", "true")], "us-east-1"), "https://ssm-fips.us-east-1.amazonaws.com");
    let both = &[("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_SSM", "http://ssm")];
    assert_eq!(of(both, "us-east-1"), "http://ssm");
    assert_eq!(endpoint(&process(both), "STS", "sts", "us-east-1").expect("no file is read"), "http://all");
    let ignored = &[("AWS_ENDPOINT_URL", "http://all"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
    assert_eq!(of(ignored, "us-east-1"), "https://ssm.us-east-1.amazonaws.com");
}
