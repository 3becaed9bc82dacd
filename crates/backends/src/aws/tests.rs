//! Regions and addresses.

use std::time::UNIX_EPOCH;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::*;
use crate::deadline::Deadline;
use crate::error::ErrorKind;
use crate::testing::{answer, serve};

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
    for wrong in ["evil.example/", "eu north", "EU-NORTH-1", "x@y", "\n", "xn--0"] {
        assert_eq!(of(&[], Some(wrong)), None, "{wrong:?}");
    }
}

#[test]
fn an_address_follows_the_region_and_the_variables() {
    let of = |variables, region: &str| endpoint(&process(variables), "SSM", "ssm", region).expect("no file is read");
    assert_eq!(of(&[], "eu-north-1"), "https://ssm.eu-north-1.amazonaws.com");
    assert_eq!(of(&[], "cn-north-1"), "https://ssm.cn-north-1.amazonaws.com.cn");
    assert_eq!(of(&[("AWS_USE_FIPS_ENDPOINT", "true")], "us-east-1"), "https://ssm-fips.us-east-1.amazonaws.com");
    for valid in ["-", "--", "0", "a--0", "1-", "aa--x", &"a".repeat(300)] {
        let region = region(&process(&[]), Some(valid), None).expect("a valid name");
        assert!(url::Url::parse(&of(&[], &region)).is_ok_and(|url| url.has_host()), "{valid}");
    }
    let both = &[("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_SSM", "http://ssm")];
    assert_eq!(of(both, "us-east-1"), "http://ssm");
    assert_eq!(endpoint(&process(both), "STS", "sts", "us-east-1").expect("no file is read"), "http://all");
    let ignored = &[("AWS_ENDPOINT_URL", "http://all"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
    assert_eq!(of(ignored, "us-east-1"), "https://ssm.us-east-1.amazonaws.com");
}

/// The keys that a chain finds with these variables.
fn found(variables: Vec<(String, String)>, now: SystemTime) -> Result<Credentials> {
    let variable = move |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let process = Process::new(variable, move || now);
    Chain { process, profile: None, region: "eu-north-1".to_owned(), given: None }
        .resolve(Deadline::after(Duration::from_secs(20)))
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn identity_center_gives_keys_for_the_login_that_is_kept() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).expect("writable");
    let config = "[default]\nsso_session = team\nsso_account_id = 1\nsso_role_name = r\n\
                  [sso-session team]\nsso_region = eu-north-1\nsso_start_url = https://x.example\n";
    std::fs::write(home.path().join(".aws/config"), config).expect("writable");
    // The SHA-1 of `team`.
    let kept = cache.join("d25187dc137f35c88bc80ec8c3ffbdb17b5eb873.json");
    let kept = std::fs::write(&kept, "{\"accessToken\": \"hunter2\", \"expiresAt\": \"2030-01-01T00:00:00Z\"}").map(|()| kept);
    let url = serve(|request| {
        let request = request.to_lowercase();
        let is_right = request.starts_with("get /federation/credentials?role_name=r&account_id=1 ")
            && request.contains("x-amz-sso_bearer_token: hunter2");
        let keys =
            r#"{"roleCredentials":{"accessKeyId":"ASIASSO1","secretAccessKey":"s","sessionToken":"t","expiration":1000}}"#;
        if is_right { answer(200, "", keys) } else { answer(401, "", "") }
    });
    let home = home.path().display().to_string();
    let all = || variables(&[("HOME", &home), ("AWS_ENDPOINT_URL_SSO", &url), ("AWS_EC2_METADATA_DISABLED", "true")]);
    let keys = found(all(), UNIX_EPOCH);
    let hash = sigv4::hex(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, b"team").as_ref());
    assert!(kept.is_ok_and(|path| path.ends_with(format!("{hash}.json"))), "{hash}");
    let keys = keys.expect("you are logged in");
    assert_eq!(
        (keys.identity().as_str(), keys.expires),
        ("access key ...SSO1 of the profile default", Some(UNIX_EPOCH + Duration::from_secs(1)))
    );
    let late = UNIX_EPOCH + Duration::from_hours(24 * 365 * 100);
    let error = found(all(), late).expect_err("the login has expired");
    assert!(error.kind() == ErrorKind::Auth && error.to_string().contains("aws sso login --profile default"), "{error}");
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn a_pod_gives_keys_for_its_token() {
    let url = serve(|request| {
        let keys = r#"{"AccessKeyId":"ASIAPOD1","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"}"#;
        if request.to_lowercase().contains("authorization: of-the-pod") { answer(200, "", keys) } else { answer(401, "", "") }
    });
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("token");
    std::fs::write(&file, "of-the-pod\n").expect("writable");
    let file = file.display().to_string();
    let keys = found(
        variables(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &file)]),
        UNIX_EPOCH,
    );
    assert_eq!(keys.expect("the pod has a role").identity(), "access key ...POD1 of the container");
    let refused = found(
        variables(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hunter2")]),
        UNIX_EPOCH,
    );
    let error = refused.expect_err("another token");
    assert!(
        error.kind() == ErrorKind::Auth && error.to_string().contains("status 401") && !error.to_string().contains("hunter2"),
        "{error}"
    );
    let elsewhere = found(variables(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/")]), UNIX_EPOCH);
    assert_eq!(elsewhere.expect_err("no agent is there").kind(), ErrorKind::Config);
}

#[test]
fn given_keys_come_first() {
    let given = Credentials {
        access_key_id: "AKIAGIVE".to_owned(),
        secret: crate::text::SecretText::new("s"),
        session_token: None,
        expires: None,
        source: "the program".to_owned(),
    };
    let process = process(&[("AWS_ACCESS_KEY_ID", "AKIAENVI"), ("AWS_SECRET_ACCESS_KEY", "s")]);
    let chain = Chain { process, profile: None, region: String::new(), given: Some(Arc::new(given)) };
    assert!(chain.resolve(Deadline::NONE).is_ok_and(|keys| keys.access_key_id == "AKIAGIVE"));
    let chain = Chain { given: None, ..chain };
    assert!(chain.resolve(Deadline::NONE).is_ok_and(|keys| keys.access_key_id == "AKIAENVI"));
}
