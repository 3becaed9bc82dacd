//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! Data flows one way, and a room names only rooms on lower floors (a test enforces it):
//!
//! | floor | room | what lives there |
//! |--:|---|---|
//! | 0 | [`error`] | the one error that reaches the user |
//! | 0 | [`age`] | how long ago something was, in a word or two |
//! | 0 | [`visible`] | characters that a reader cannot see, made visible |
//! | 0 | [`nearest`] | the known name nearest to one that is not known |
//! | 1 | [`files`] | reading and writing files that somebody else may have planted: bounded, regular, inside the project |
//! | 1 | [`model`] | plain values |
//! | 2 | [`catalog`] | what takk knows of resources and components, as data |
//! | 1 | [`document`] | the text of a project file: its encoding, its lines, its merge conflicts, TOML that survives mistakes, names in files of data |
//! | 1 | [`wire`] | what goes over the wire between `takk` and `takk serve` |
//! | 2 | [`source`] | the only reader of the project's files |
//! | 2 | [`python`] | text → facts, and a name → its definition in another module |
//! | 2 | [`packages`] | pyproject and lock files: packages, versions, places |
//! | 2 | [`config`] | takk's own settings |
//! | 4 | [`analysis`] | facts → the manifest and the findings |
//! | 3 | [`exchange`] | files of variables, read and written |
//! | 3 | [`store`] | rows of encrypted values |
//! | 5 | [`oidc`] | who somebody is elsewhere, as an issuer of OpenID Connect says it |
//! | 4 | [`secrets`] | the only door to values |
//! | 3 | [`value`] | would this field accept this text, and why not |
//! | 4 | [`plan`] | the manifest × an environment → the plan |
//! | 5 | [`launch`] | a command, run with variables |
//! | 5 | [`platform`] | where values are kept: the store of this machine, or a server |
//! | 6 | [`ops`] | the verbs, one file each |
//! | 6 | [`client`] | a server as a platform, over HTTP |
//! | 7 | [`server`] | `takk serve`: the verbs over HTTP |
//! | 7 | [`ui`] | all output |
//! | 8 | [`commands`] | one file per command |
//!
//! `main.rs` is parse, run, exit code.

pub mod commands;
pub mod launch;
pub mod ui;

pub use takk_model::{age, error, nearest, visible};
pub use takk_project::{config, exchange, ops, platform, source};
pub use takk_vault::store;
pub use {
    takk_analysis as analysis, takk_api as wire, takk_catalog as catalog, takk_client as client, takk_document as document,
    takk_files as files, takk_model as model, takk_oidc as oidc, takk_packages as packages, takk_plan as plan,
    takk_python as python, takk_server as server, takk_value as value, takk_vault as secrets,
};
