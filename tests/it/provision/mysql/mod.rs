//! Databases on a server of MySQL that exists, where it differs from MariaDB: the users carry the mark, and store another kind of hash.

mod admin;
mod foreign;
mod full;
mod killed;
mod story;

use super::mariadb::server::{Product, Server};
use super::server::given;
use crate::up::project::Checkout;
use crate::up::servers::path_with;

/// Starts one. `None`, and a line that says so, where it cannot be had.
fn server() -> Option<Server> {
    Server::with(Product::MySql, false)
}

/// A checkout with one MySQL, and no other server in reach.
fn checkout() -> Checkout {
    Checkout::new("shop", "database_url: MySQLDsn", path_with(&[]), None)
}

/// Stores the admin address of the server for an environment.
#[track_caller]
fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    given(checkout, &["provision", "admin", "set", "mysql", "--env", environment, "--stdin"], &server.admin_url()).done()
}
