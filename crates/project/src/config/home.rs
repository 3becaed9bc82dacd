//! Where takk stores its data, who the user is, and the master key from the environment.

use std::path::PathBuf;

use takk_crypto::KeySetting;
use zeroize::Zeroizing;

use super::server::ServerVariables;
use super::variables::{path, variable};

/// The variables that hold a master key or its location, which commands that takk runs must not inherit.
pub const KEY_VARIABLES: [&str; 2] = ["TAKK_MASTER_KEY", "TAKK_MASTER_KEY_FILE"];

/// The variable that selects the project whose values are used, regardless of its name in the code.
pub const PROJECT_VARIABLE: &str = "TAKK_PROJECT";

/// What takk needs to know of the machine and the user.
pub struct Home {
    /// The data directory, which need not exist. `None` if neither `TAKK_HOME` nor a home directory is set.
    pub directory: Option<PathBuf>,
    /// The master key, if a variable sets it.
    pub master_key: Option<KeySetting>,
    /// The author of changes: the name of the user.
    pub author: String,
    /// Whether takk may use the keyring of the operating system: not with `TAKK_KEYRING=off`.
    pub keyring: bool,
    /// The variables about a server.
    pub server: ServerVariables,
    /// `TAKK_PROJECT`: the project whose values are used.
    pub project: Option<String>,
    /// `CI`: whether this is a CI build, where takk must not ask which project to link. Some builds have a terminal.
    pub is_build: bool,
}

impl Home {
    /// Reads it from this process. The data directory is `TAKK_HOME`, or else the user's directory for data: `$XDG_DATA_HOME/takk`,
    /// `~/.local/share/takk`, or on macOS `~/Library/Application Support/takk`.
    pub fn of_process() -> Self {
        let key_file = path("TAKK_MASTER_KEY_FILE").map(KeySetting::File);
        Self {
            directory: path("TAKK_HOME").or_else(data_directory),
            master_key: key_file.or_else(|| variable("TAKK_MASTER_KEY").map(|text| KeySetting::Text(Zeroizing::new(text)))),
            author: ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable).unwrap_or_else(name_of_user),
            keyring: variable("TAKK_KEYRING").is_none_or(|wish| wish != "off"),
            server: ServerVariables::of_process(),
            project: variable(PROJECT_VARIABLE),
            is_build: variable("CI").is_some_and(|ci| !matches!(ci.to_lowercase().as_str(), "0" | "false")),
        }
    }
}

/// The name of the user; `owner` on a system that does not know it, such as a minimal container.
fn name_of_user() -> String {
    let name = whoami::username().ok().map(|name| name.trim().to_owned());
    name.filter(|name| !name.is_empty() && name != "unknown" && name != "Unknown").unwrap_or_else(|| "owner".to_owned())
}

impl Home {
    /// A home that stores nothing.
    pub fn none() -> Self {
        Self {
            directory: None,
            master_key: None,
            author: String::new(),
            keyring: false,
            server: ServerVariables::default(),
            project: None,
            is_build: false,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this module reads the environment of the process")]
fn data_directory() -> Option<PathBuf> {
    if cfg!(target_os = "macos") {
        return Some(std::env::home_dir()?.join("Library/Application Support/takk"));
    }
    // A relative path must be ignored (XDG Base Directory Specification).
    let given = path("XDG_DATA_HOME").filter(|directory| directory.is_absolute());
    given.or_else(|| Some(std::env::home_dir()?.join(".local/share"))).map(|data| data.join("takk"))
}
