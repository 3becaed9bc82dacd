//! OpenSearch: by a local server that has the API of its security plugin as that documents it.

mod cluster;
mod foreign;
mod killed;
mod story;
mod team;
