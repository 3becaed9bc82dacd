//! Servers of one test that speak the protocols of S3, SQS and IAM, each with an admin.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::super::server::given;
use crate::ports::free_port;
use crate::process::Answer;
use crate::python::run;
use crate::up::project::Checkout;
use crate::up::servers::{moto_server, path_with, weed};

/// The rights of an admin for buckets, and for queues: those that the documentation names, and no more.
const RIGHTS: &str = "iam:GetUser iam:ListUserTags iam:ListUserPolicies iam:ListAccessKeys iam:CreateUser iam:TagUser \
                      iam:PutUserPolicy iam:CreateAccessKey iam:DeleteAccessKey iam:DeleteUserPolicy iam:DeleteUser";
const OF_BUCKETS: &str = "s3:ListAllMyBuckets s3:ListBucket s3:CreateBucket s3:PutBucketTagging s3:GetBucketTagging \
                          s3:ListBucketVersions s3:DeleteObject s3:DeleteObjectVersion s3:DeleteBucket";
const OF_QUEUES: &str = "sqs:ListQueues sqs:GetQueueUrl sqs:CreateQueue sqs:TagQueue sqs:ListQueueTags sqs:GetQueueAttributes \
                         sqs:DeleteQueue";

/// moto, with the resource of a request for a queue by its name, which it takes for `*`.
const MOTO: &str = r#"
from moto.server import main
from moto.sqs.responses import SQSResponse

def resource(self):
    name = self._get_param("QueueName") or (self._get_param("QueueUrl") or "").rsplit("/", 1)[-1]
    return f"arn:aws:sqs:{self.region}:{self.current_account}:{name}" if name else "*"

SQSResponse._determine_resource = resource
main()
"#;

pub(super) struct Server {
    child: Child,
    directory: TempDir,
    pub port: u16,
    pub name: &'static str,
    /// The keys of the admin of takk.
    pub(super) access_key: String,
    pub secret_key: String,
    /// The keys of somebody who may do everything.
    owner: (String, String),
    has_tls: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

impl Server {
    /// SeaweedFS that lets its admin change users.
    pub(super) fn seaweedfs() -> Self {
        Self::weed(&["-s3.iam.readOnly=false"], false)
    }

    /// SeaweedFS as it starts without options: nobody changes users.
    pub(super) fn read_only_seaweedfs() -> Self {
        Self::weed(&[], false)
    }

    /// SeaweedFS with TLS, and a certificate for `localhost` that it has signed itself.
    pub(super) fn seaweedfs_with_tls() -> Self {
        Self::weed(&["-s3.iam.readOnly=false"], true)
    }

    fn weed(options: &[&str], has_tls: bool) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path();
        let secret = "canary/of+the-admin/7d31";
        let identities = format!(
            r#"{{"identities":[{{"name":"adm","credentials":[{{"accessKey":"admkey","secretKey":"{secret}"}}],
            "actions":["Admin","Read","Write","List","Tagging"]}}]}}"#
        );
        fs::write(path.join("s3.json"), identities).expect("written");
        fs::create_dir(path.join("data")).expect("made");
        let port = free_port();
        let mut command = Command::new(weed());
        command.args(["-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3"]);
        for option in ["master.port", "volume.port", "filer.port"] {
            command.arg(format!("-{option}={}", free_port())).arg(format!("-{option}.grpc={}", free_port()));
        }
        command.arg(format!("-s3.port={port}")).arg(format!("-s3.port.grpc={}", free_port()));
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.preStopSeconds=0", "-master.volumeSizeLimitMB=64"]);
        command.args(["-volume.max=0", "-filer.localSocket"]).arg(path.join("filer.sock")).args(options);
        command
            .arg(format!("-s3.config={}", path.join("s3.json").display()))
            .arg(format!("-dir={}", path.join("data").display()));
        if has_tls {
            certify(path);
            command.arg(format!("-s3.key.file={}", path.join("key.pem").display()));
            command.arg(format!("-s3.cert.file={}", path.join("certificate.pem").display()));
        }
        command.current_dir(path).env("HOME", path);
        let child = start(&mut command, path);
        let owner = ("admkey".to_owned(), secret.to_owned());
        let (access_key, secret_key) = owner.clone();
        let server = Self { child, directory, port, name: "SeaweedFS", access_key, secret_key, owner, has_tls };
        server.waits_until("print(s3.list_buckets()['Buckets'])");
        server
    }

    /// moto, where the admin of takk has the rights that it needs and no others.
    pub(super) fn moto() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let port = free_port();
        let script = directory.path().join("with_queues.py");
        fs::write(&script, MOTO).expect("written");
        let mut command = Command::new(python());
        command.arg(&script).args(["-H", "127.0.0.1", "-p", &port.to_string()]).env("INITIAL_NO_AUTH_ACTION_COUNT", "3");
        let child = start(&mut command, directory.path());
        let (access_key, secret_key, owner) = (String::new(), String::new(), (String::new(), String::new()));
        let mut server = Self { child, directory, port, name: "moto", access_key, secret_key, owner, has_tls: false };
        let begun = Instant::now();
        while !server.log().contains("Running on") {
            assert!(begun.elapsed() < Duration::from_mins(2), "{}", server.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        // The first three requests need no keys.
        server.owner = ("x".to_owned(), "y".to_owned());
        server.owner = server.new_user("owner", "*");
        (server.access_key, server.secret_key) = server.new_user("adm", &format!("{RIGHTS} {OF_BUCKETS} {OF_QUEUES}"));
        server
    }

    /// A user with these rights. Returns its keys.
    pub(super) fn new_user(&self, name: &str, rights: &str) -> (String, String) {
        let said = self.owner_runs(&format!(
            "iam.create_user(UserName='{name}')\nkey = iam.create_access_key(UserName='{name}')['AccessKey']\n\
             statement = dict(Effect='Allow', Action='{rights}'.split(), Resource='*')\n\
             policy = json.dumps(dict(Version='2012-10-17', Statement=[statement]))\n\
             iam.put_user_policy(UserName='{name}', PolicyName='rights', PolicyDocument=policy)\n\
             print(key['AccessKeyId'], key['SecretAccessKey'])"
        ));
        let (access_key, secret_key) = said.trim().split_once(' ').unwrap_or_else(|| panic!("two keys: {said}"));
        (access_key.to_owned(), secret_key.to_owned())
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    pub(super) fn url(&self) -> String {
        if self.has_tls { format!("https://localhost:{}", self.port) } else { format!("http://127.0.0.1:{}", self.port) }
    }

    /// The address of a login.
    pub(super) fn url_of(&self, access_key: &str, secret_key: &str) -> String {
        let url = self.url().replacen("://", &format!("://{access_key}:{secret_key}@"), 1);
        if self.has_tls { format!("{url}?cacertfile={}", self.certificate().display()) } else { url }
    }

    pub(super) fn admin_url(&self) -> String {
        self.url_of(&self.access_key, &self.secret_key)
    }

    fn waits_until(&self, lines: &str) {
        let begun = Instant::now();
        while self.owner_runs(lines).starts_with("ERROR") {
            assert!(begun.elapsed() < Duration::from_mins(2), "{}", self.log());
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Python with clients of all services, by somebody who may do everything.
    pub(super) fn owner_runs(&self, lines: &str) -> String {
        self.runs(&self.url(), (&self.owner.0, &self.owner.1), "us-east-1", lines)
    }

    /// Python with clients of all services and keys. What it prints is returned; an error as `ERROR`, and its code.
    pub(super) fn runs(&self, url: &str, keys: (&str, &str), region: &str, lines: &str) -> String {
        let lines = lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
        let script = format!(
            "import boto3, json, sys\nfrom botocore.config import Config\nfrom botocore.exceptions import ClientError, BotoCoreError\n\
             url, access_key, secret_key, region = sys.argv[1:5]\n\
             def client(name):\n    \
                 return boto3.client(name, endpoint_url=url, region_name=region, aws_access_key_id=access_key,\n        \
                     aws_secret_access_key=secret_key, config=Config(retries=dict(total_max_attempts=1)))\n\
             s3, sqs, iam = client('s3'), client('sqs'), client('iam')\n\
             def tries(*calls):\n    for call in calls:\n        try:\n            call()\n            print('done')\n        \
                     except ClientError as error:\n            print('AccessDenied' if 'AccessDenied' in str(error) \
                     or error.response['ResponseMetadata']['HTTPStatusCode'] == 403 else error)\n\
             try:\n{lines}\nexcept (ClientError, BotoCoreError) as error:\n    print('ERROR', error)\n"
        );
        let mut command = Command::new(python());
        command.args(["-c", &script, url, keys.0, keys.1, region]);
        if self.has_tls {
            command.env("AWS_CA_BUNDLE", self.certificate());
        }
        run(&mut command)
    }

    /// The names of users, buckets and queues that begin so.
    pub(super) fn traces_of(&self, name: &str) -> String {
        let queues = if self.name == "moto" {
            "all += [url.rsplit('/', 1)[-1] for url in client('sqs').list_queues().get('QueueUrls', [])]"
        } else {
            ""
        };
        self.owner_runs(&format!(
            "all = [user['UserName'] for user in iam.list_users()['Users']]\n\
             all += [bucket['Name'] for bucket in s3.list_buckets()['Buckets']]\n{queues}\n\
             print(*sorted(one for one in all if one.startswith('{name}')))"
        ))
        .trim()
        .to_owned()
    }

    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        assert_eq!(self.traces_of(name), "");
    }
}

fn certify(directory: &Path) {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    command.args(["-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost"]);
    command.args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"]).arg(directory.join("key.pem"));
    command.arg("-out").arg(directory.join("certificate.pem")).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().expect("openssl runs").success());
}

fn python() -> PathBuf {
    moto_server().with_file_name("python")
}

fn start(command: &mut Command, directory: &Path) -> Child {
    let log = fs::File::create(directory.join("log")).expect("written");
    command.stdin(Stdio::null()).stdout(log.try_clone().expect("it is open")).stderr(log).process_group(0);
    command.spawn().expect("the server starts")
}

/// A checkout with one bucket, and no server in reach.
pub(super) fn checkout(name: &str) -> Checkout {
    let fields = "endpoint: S3Endpoint; access_key: S3AccessKey; secret_key: S3SecretKey; bucket: S3BucketName; \
                  region: S3RegionName = \"eu-west-1\"";
    Checkout::new(name, fields, path_with(&[]), None)
}

/// Tries an admin address.
pub(super) fn set(checkout: &Checkout, kind: &str, environment: &str, address: &str) -> Answer {
    given(checkout, &["provision", "admin", "set", kind, "--env", environment, "--stdin"], address)
}

#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    set(checkout, "s3", environment, &server.admin_url()).done()
}

/// Python as the program of an environment: with what its variables say.
pub(super) fn program(checkout: &Checkout, server: &Server, environment: &str, lines: &str) -> String {
    let value = |name: &str| checkout.takk(&["secrets", "get", name, "--env", environment]).done().trim().to_owned();
    let (url, access_key, secret_key, region) = (value("ENDPOINT"), value("ACCESS_KEY"), value("SECRET_KEY"), value("REGION"));
    server.runs(&url, (&access_key, &secret_key), &region, lines)
}
