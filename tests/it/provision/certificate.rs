//! The certificate of a server of a test, for `localhost`, which has signed itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::python::run;
use crate::up::servers::is_root;

/// Writes `certificate.pem` and `key.pem` into a directory, for a server that tests run as `nobody` if they are root.
pub(super) fn certify(directory: &Path) {
    let (key, certificate) = (directory.join("key.pem"), directory.join("certificate.pem"));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    command.args(["-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost"]);
    command.args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"]).arg(&key).arg("-out").arg(&certificate);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("openssl runs");
    assert!(status.success());
    fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).expect("permitted");
    if is_root() {
        run(Command::new("chown").arg("nobody").arg(&key).arg(&certificate));
    }
}
