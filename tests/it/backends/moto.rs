//! AWS SSM against moto, which checks signatures and permissions; and signatures against botocore.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::json;
use url::Url;

use super::servers::{Server, moto, moto_python, outcomes, process};
use crate::python::run;
use takk_backends::aws::{Credentials, sigv4};
use takk_backends::{Backend, Deadline, ErrorKind, Key, Process, Proof, SecretText, Ssm, SsmSettings};

/// Creates a user of moto with a policy, and returns the ID and the secret of their key.
fn user(server: &Server, policy: &str) -> (String, String) {
    server.moto("iam", "", "Action=CreateUser&Version=2010-05-08&UserName=web");
    let key = server.moto("iam", "", "Action=CreateAccessKey&Version=2010-05-08&UserName=web");
    let encoded: String = policy.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    });
    server.moto(
        "iam",
        "",
        &format!("Action=PutUserPolicy&Version=2010-05-08&UserName=web&PolicyName=p&PolicyDocument={encoded}"),
    );
    let tag = |name: &str| {
        key.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once('<')).expect("a key").0.to_owned()
    };
    (tag("AccessKeyId"), tag("SecretAccessKey"))
}

fn allowed(action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] }).to_string()
}

fn ssm_of(url: &str, id: &str, secret: &str) -> Ssm {
    let process = process(&[
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_REGION", "eu-north-1"),
        ("AWS_ENDPOINT_URL_SSM", url),
    ]);
    Ssm::new(SsmSettings::new(process)).expect("the settings are good")
}

#[test]
fn parameters_are_read_in_batches_with_versions_among_them() {
    // 26 parameters and three requests for the user; the signatures of later requests are checked.
    let server = moto(29);
    for number in 0..24 {
        server.put_parameter(&format!("/app/{number}"), &format!("value {number}"));
    }
    server.put_parameter("/app/0", "second");
    server.put_parameter("/app/0", "third");
    let (id, secret) = user(&server, &allowed("ssm:GetParameters"));
    let ssm = ssm_of(&server.url(), &id, &secret);
    let mut keys: Vec<Key> = (0..24).map(|number| Key::new(format!("/app/{number}"))).collect();
    keys.extend(["2", "1", "9"].map(|version| Key::pinned("/app/0", Some(version))));
    keys.push(Key::new("/none"));
    keys.push(Key::pinned("/app/0:2", Some("2")));
    let results = ssm.fetch_many(&keys, Deadline::NONE);
    let mut expected: Vec<String> = (0..24).map(|number| format!("value {number}")).collect();
    expected[0] = "third".to_owned();
    expected.extend(["second", "value 0", "SecretNotFound", "SecretNotFound", "Config"].map(str::to_owned));
    assert_eq!(outcomes(&results, &[&secret]), expected);
    assert!(results[0].as_ref().is_ok_and(|read| read.version.as_deref() == Some("3") && read.changed.is_some()));
    let words: Vec<_> = ssm.prove(&keys[23..], Deadline::NONE).iter().map(Proof::word).collect();
    assert_eq!(words, ["exists", "exists", "exists", "version missing", "missing", "not checked"]);
    let named = ssm.name();
    assert!(named.contains(&format!("...{} of the environment", &id[id.len() - 4..])) && !named.contains(&id), "{named}");
    // A wrong secret, and an unknown key.
    for (id, secret) in [(id.as_str(), "hunter2hunter2"), ("AKIANOBODYHASTHIS000", secret.as_str())] {
        let error = ssm_of(&server.url(), id, secret).fetch(&keys[0], Deadline::NONE).expect_err("not a key of moto");
        assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
        assert!(
            error.to_string().contains("/app/0")
                && error.to_string().contains("eu-north-1")
                && !error.to_string().contains(secret)
        );
    }
}

#[test]
fn what_a_policy_does_not_allow_is_an_error_of_rights() {
    let server = moto(4);
    server.put_parameter("/a", "hunter2");
    let (id, secret) = user(&server, &allowed("s3:GetObject"));
    let ssm = ssm_of(&server.url(), &id, &secret);
    let keys = [Key::new("/a"), Key::new("/b")];
    let results = ssm.fetch_many(&keys, Deadline::NONE);
    assert_eq!(outcomes(&results, &[&secret, "hunter2"]), ["Auth", "Auth"]);
    let error = results[0].as_ref().expect_err("denied");
    assert!(error.to_string().contains("access denied") && error.to_string().contains("user/web"), "{error}");
    assert!(matches!(&ssm.prove(&keys, Deadline::NONE)[0], Proof::NotReadable(_)));
}

#[test]
fn credentials_are_looked_for_where_boto3_looks() {
    let server = moto(u32::MAX / 2);
    server.put_parameter("/a", "x");
    let home = tempfile::tempdir().expect("a directory");
    let aws = home.path().join(".aws");
    std::fs::create_dir(&aws).expect("made");
    let token = home.path().join("token");
    std::fs::write(&token, "of-the-job\n").expect("written");
    let role = "arn:aws:iam::123456789012:role/web";
    let printed = json!({ "Version": 1, "AccessKeyId": "AKIAPROC", "SecretAccessKey": "s" }).to_string().replace('"', "\\\"");
    let config = format!(
        "[profile keys]\naws_access_key_id=AKIAKEYS\naws_secret_access_key=s\nregion=eu-north-1\n\
         [profile role]\nrole_arn={role}\nsource_profile=keys\n\
         [profile web]\nrole_arn={role}\nweb_identity_token_file={}\n\
         [profile process]\ncredential_process=printf '%s' \"{printed}\"\n\
         [profile loop]\nrole_arn={role}\nsource_profile=loop2\n[profile loop2]\nrole_arn={role}\nsource_profile=loop\n\
         [profile sso]\nsso_start_url=https://x.example\nsso_region=eu-north-1\nsso_account_id=1\nsso_role_name=r\n",
        token.display()
    );
    std::fs::write(aws.join("config"), config).expect("written");
    let home = home.path().display().to_string();
    let url = server.url();
    let read = |more: &[(&str, &str)]| {
        let mut variables = vec![
            ("HOME", home.as_str()),
            ("AWS_REGION", "eu-north-1"),
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        variables.extend_from_slice(more);
        let ssm = Ssm::new(SsmSettings::new(process(&variables))).expect("the settings are good");
        ssm.fetch(&Key::new("/a"), Deadline::NONE).map(|_| ssm.name())
    };
    for (profile, source) in
        [("keys", "the profile keys"), ("role", role), ("web", role), ("process", "credential_process of the profile process")]
    {
        let name = read(&[("AWS_PROFILE", profile)]).unwrap_or_else(|error| panic!("{profile}: {error}"));
        assert!(name.contains(source), "{profile}: {name}");
    }
    let token = token.display().to_string();
    let web = read(&[("AWS_ROLE_ARN", role), ("AWS_WEB_IDENTITY_TOKEN_FILE", &token)]).expect("a web identity");
    assert!(web.contains(role), "{web}");
    for (profile, kind, says) in [
        ("loop", ErrorKind::Config, "its own `source_profile`"),
        ("nobody", ErrorKind::Config, "the AWS profile `nobody` is not in"),
        ("sso", ErrorKind::Auth, "aws sso login --profile sso"),
    ] {
        let error = read(&[("AWS_PROFILE", profile)]).expect_err(profile);
        assert!(error.kind() == kind && error.to_string().contains(says), "{error}");
    }
    let error = read(&[]).expect_err("there are none");
    assert!(error.kind() == ErrorKind::Auth && error.to_string().contains("there are no AWS credentials"), "{error}");
    let error = read(&[("AWS_ACCESS_KEY_ID", "AKIAHALF")]).expect_err("half a key");
    assert!(error.to_string().contains("AWS_SECRET_ACCESS_KEY is not"), "{error}");
    assert!(Ssm::new(SsmSettings::new(process(&[]))).is_err_and(|error| error.to_string().contains("AWS_REGION")));
}

/// A proxy between a client and moto: `answer` may respond itself, given the number of the request.
fn proxy(server: &Server, answer: impl Fn(usize) -> Option<&'static str> + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("it has one"));
    let (port, requests) = (server.port, Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&requests);
    thread::spawn(move || {
        while let Ok((mut client, _)) = listener.accept() {
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            // The requests of these tests end with the brace of their JSON.
            while !request.ends_with(b"}") {
                match client.read(&mut buffer) {
                    Ok(count @ 1..) => request.extend_from_slice(&buffer[..count]),
                    _ => break,
                }
            }
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let said = if let Some(said) = answer(number) {
                said.as_bytes().to_vec()
            } else {
                let mut upstream = TcpStream::connect(("127.0.0.1", port)).expect("moto listens");
                upstream.write_all(&request).expect("moto reads");
                let mut said = Vec::new();
                drop(upstream.set_read_timeout(Some(Duration::from_secs(5))));
                drop(upstream.read_to_end(&mut said));
                said
            };
            drop(client.write_all(&said));
        }
    });
    (url, requests)
}

const THROTTLED: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.1\r\nConnection: close\r\nContent-Length: 59\r\n\r\n{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}\n";
const SKEWED: &str = "HTTP/1.1 400 Bad Request\r\nDate: Sun, 30 Aug 2015 12:36:00 GMT\r\nConnection: close\r\nContent-Length: 84\r\n\r\n{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired: it is too late\"}";

#[test]
fn throttling_is_transient_and_tried_again() {
    use takk_backends::{RetryPolicy, Retrying};
    let server = moto(u32::MAX / 2);
    server.put_parameter("/a", "x");
    let (url, requests) = proxy(&server, |number| (number < 2).then_some(THROTTLED));
    let ssm: Arc<dyn Backend> = Arc::new(ssm_of(&url, "AKIAX", "s"));
    let error = ssm.fetch(&Key::new("/a"), Deadline::NONE).expect_err("it is throttled");
    assert!(error.is_transient() && error.to_string().contains("ThrottlingException"), "{error}");
    let policy = RetryPolicy { base_delay: Duration::from_millis(5), ..RetryPolicy::default() };
    let retrying = Retrying::new(ssm, policy).expect("a policy");
    assert_eq!(outcomes(&[retrying.fetch(&Key::new("/a"), Deadline::NONE)], &[]), ["x"]);
    assert_eq!(requests.load(Ordering::SeqCst), 3);
}

#[test]
fn a_clock_that_is_off_is_corrected_once_and_named_after_that() {
    let server = moto(u32::MAX / 2);
    server.put_parameter("/a", "x");
    let (url, requests) = proxy(&server, |number| (number == 0).then_some(SKEWED));
    let ssm = ssm_of(&url, "AKIAX", "s");
    assert_eq!(outcomes(&[ssm.fetch(&Key::new("/a"), Deadline::NONE)], &[]), ["x"]);
    assert_eq!(requests.load(Ordering::SeqCst), 2);
    let (url, _) = proxy(&server, |_| Some(SKEWED));
    let error = ssm_of(&url, "AKIAX", "s").fetch(&Key::new("/a"), Deadline::NONE).expect_err("it is off for good");
    assert!(error.kind() == ErrorKind::Auth && error.to_string().contains("clock of this machine"), "{error}");
}

/// Signs requests, one per line, as botocore does.
const BOTOCORE: &str = r"
import json, sys, datetime
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
for line in sys.stdin:
    case = json.loads(line)
    moment = datetime.datetime.fromtimestamp(case['time'], datetime.timezone.utc)
    class Fixed(datetime.datetime):
        @classmethod
        def now(cls, tz=None): return moment
        @classmethod
        def utcnow(cls): return moment.replace(tzinfo=None)
    botocore.auth.get_current_datetime = lambda *a, **k: moment.replace(tzinfo=None)
    keys = Credentials(case['id'], case['secret'], case['token'])
    request = AWSRequest(method=case['method'], url=case['url'], headers=dict(case['headers']), data=case['body'].encode())
    botocore.auth.SigV4Auth(keys, case['service'], case['region']).add_auth(request)
    print(request.headers['Authorization'])
";

#[test]
fn signatures_are_botocores() {
    let mut state = 7_u64;
    let mut next = move |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % most).expect("it is small")
    };
    let mut cases = Vec::new();
    for _ in 0..10_000 {
        let word = |next: &mut dyn FnMut(u64) -> usize| {
            let letters = ["a", "Z", "7", "-", "_", ".", "~", "%20", "%C3%A4", "b", "%2B"];
            (0..=next(6)).map(|_| letters[next(11)]).collect::<String>()
        };
        let path: Vec<String> = (0..next(4)).map(|_| format!("/p{}", word(&mut next))).collect();
        let path = path.concat();
        let query: Vec<String> = (0..next(4)).map(|_| format!("{}={}", word(&mut next), word(&mut next))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let port = ["", ":8443"][next(2)];
        let path = if path.is_empty() { "/".to_owned() } else { path };
        let target = format!("AmazonSSM.{}", "x".repeat(next(5)));
        let headers =
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str()), ("x-amz-meta", " a   b ")];
        let headers: Vec<_> =
            headers[..next(4)].iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        cases.push(json!({
            "method": (["GET", "POST", "PUT"][next(3)]),
            "url": format!("https://ssm.eu-north-1.amazonaws.com{port}{path}{mark}{}", query.join("&")),
            "headers": headers,
            "body": "ä{}".repeat(next(4)),
            "id": format!("AKIA{}", next(1000)),
            "secret": format!("secret/{}", next(1000)),
            "token": (["", "a/token=="].get(next(2)).filter(|token| !token.is_empty())),
            "service": (["ssm", "sts"][next(2)]),
            "region": "eu-north-1",
            "time": 1_440_938_160 + next(900_000_000),
        }));
    }
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("cases");
    std::fs::write(&file, cases.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")).expect("written");
    let mut python = Command::new(moto_python());
    let said = run(python.args(["-c", BOTOCORE]).stdin(std::fs::File::open(&file).expect("it is there")));
    let theirs: Vec<&str> = said.lines().collect();
    assert_eq!(theirs.len(), cases.len());
    for (case, theirs) in cases.iter().zip(theirs) {
        let text = |name: &str| case[name].as_str().expect("text");
        let headers: Vec<(&str, &str)> = case["headers"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|pair| (pair[0].as_str().expect("text"), pair[1].as_str().expect("text")))
            .collect();
        let credentials = Credentials {
            access_key_id: text("id").to_owned(),
            secret: SecretText::new(text("secret")),
            session_token: case["token"].as_str().map(SecretText::new),
            expires: None,
            source: String::new(),
        };
        let url = Url::parse(text("url")).expect("a URL");
        let request = sigv4::Signable {
            method: text("method"),
            url: &url,
            headers: &headers,
            body: text("body").as_bytes(),
            region: text("region"),
            service: text("service"),
            time: case["time"].as_i64().expect("a number"),
        };
        let signed = sigv4::sign(&request, &credentials);
        let ours = signed.iter().find(|(name, _)| *name == "authorization").map(|(_, value)| value.as_str());
        assert_eq!(ours, Some(theirs), "{case}");
    }
}

#[test]
fn an_instance_gives_keys_over_a_session() {
    // A metadata service that only responds to the token that it issued.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("it has one"));
    thread::spawn(move || {
        while let Ok((mut client, _)) = listener.accept() {
            let mut buffer = [0; 4096];
            let count = client.read(&mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..count]).to_lowercase();
            let has_token = request.contains("x-aws-ec2-metadata-token: the-session");
            let keys = "{\"Code\":\"Success\",\"AccessKeyId\":\"ASIAINST\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2999-01-01T00:00:00Z\"}";
            let body = match request.split(' ').nth(1).unwrap_or_default() {
                "/latest/api/token" if request.starts_with("put") => "the-session",
                "/latest/meta-data/iam/security-credentials/" if has_token => "web-role",
                "/latest/meta-data/iam/security-credentials/web-role" if has_token => keys,
                _ => "",
            };
            let status = if body.is_empty() { "401 Unauthorized" } else { "200 OK" };
            drop(write!(client, "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
        }
    });
    let server = moto(u32::MAX / 2);
    server.put_parameter("/a", "x");
    let at = server.url();
    let variables = [
        ("AWS_REGION".to_owned(), "eu-north-1".to_owned()),
        ("AWS_ENDPOINT_URL_SSM".to_owned(), at),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT".to_owned(), url),
    ];
    let variable = move |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let ssm = Ssm::new(SsmSettings::new(Process::new(variable, SystemTime::now))).expect("the settings are good");
    assert_eq!(outcomes(&[ssm.fetch(&Key::new("/a"), Deadline::NONE)], &[]), ["x"]);
    assert!(ssm.name().contains("...INST of the instance's role web-role"), "{}", ssm.name());
}
