//! Identities: certificates of the server, and logins with the token of a job or a pod.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::servers::{ROOT, Server, moto_python, openbao, openbao_with_tls, outcomes};
use crate::python::run;
use takk_backends::{Backend, Credential, Deadline, ErrorKind, Key, SecretText, Vault, VaultLogin, VaultSettings};

/// Creates a key pair at a path, and prints its public key and a token signed with its private key.
const SIGNER: &str = r"
import base64, json, sys, time
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
key = ec.generate_private_key(ec.SECP256R1())
part = lambda data: base64.urlsafe_b64encode(data).rstrip(b'=')
claims = {'iss': 'ci', 'aud': 'bao', 'sub': 'job', 'iat': int(time.time()) - 5, 'exp': int(time.time()) + 600}
text = part(json.dumps({'alg': 'ES256', 'typ': 'JWT'}).encode()) + b'.' + part(json.dumps(claims).encode())
r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
token = text + b'.' + part(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))
public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
print(json.dumps({'public': public.decode(), 'token': token.decode()}))
";

fn vault_with(server: &Server, login: VaultLogin, ca_file: Option<&Path>) -> Vault {
    let settings = VaultSettings { ca_file: ca_file.map(Path::to_owned), ..VaultSettings::new(server.url(), login) };
    Vault::new(settings).expect("the settings are good")
}

#[test]
fn the_token_of_a_job_logs_in() {
    let server = openbao();
    server.bao("POST", "secret/data/a", &json!({ "data": { "value": "x" } }));
    let made = run(Command::new(moto_python()).args(["-c", SIGNER]));
    let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
    let text = |name: &str| made[name].as_str().expect("text");
    server.policy("read", "path \"secret/data/*\" { capabilities = [\"read\"] }");
    server.bao("POST", "sys/auth/ci", &json!({ "type": "jwt" }));
    server.bao("POST", "auth/ci/config", &json!({ "jwt_validation_pubkeys": [text("public")] }));
    let role = json!({ "role_type": "jwt", "bound_audiences": ["bao"], "user_claim": "sub", "token_policies": ["read"] });
    server.bao("POST", "auth/ci/role/deploy", &role);
    let login = |jwt: &str, role: &str| VaultLogin::Jwt {
        mount: "ci".to_owned(),
        role: Some(role.to_owned()),
        jwt: Credential::Text(SecretText::new(jwt)),
    };
    let of_job = vault_with(&server, login(text("token"), "deploy"), None);
    assert_eq!(outcomes(&[of_job.fetch(&Key::new("/a"), Deadline::NONE)], &[]), ["x"]);
    for (jwt, role) in [(text("token"), "other"), ("a.b.c", "deploy")] {
        let error = vault_with(&server, login(jwt, role), None).fetch(&Key::new("/a"), Deadline::NONE).expect_err("refused");
        assert!(error.kind() == ErrorKind::Auth && error.to_string().contains(&format!("JWT role {role}")), "{error}");
        assert!(!error.to_string().contains(jwt), "{error}");
    }
}

#[test]
fn a_certificate_is_trusted_if_its_authority_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = openbao_with_tls(directory.path());
    let token = || VaultLogin::Token(SecretText::new(ROOT));
    let stranger = vault_with(&server, token(), None);
    let error = stranger.fetch(&Key::new("/a"), Deadline::NONE).expect_err("its authority is not public");
    assert!(error.kind() == ErrorKind::Config && error.to_string().contains("VAULT_CACERT="), "{error}");
    assert!(error.to_string().contains("cannot trust Vault at https://127.0.0.1"), "{error}");
    let known = vault_with(&server, token(), Some(&directory.path().join("vault-ca.pem")));
    let error = known.fetch(&Key::new("/a"), Deadline::NONE).expect_err("there is nothing yet");
    assert_eq!(error.kind(), ErrorKind::SecretNotFound, "{error}");
}
