//! A database that goes away, and comes back: nothing that was acknowledged is lost, and nobody has to start again.

use takk::store::{Postgres, StoreError};

use super::{Database, NOW};

#[test]
fn an_address_that_nobody_listens_at_is_unavailable() {
    let opened = Postgres::open("postgresql://takk@127.0.0.1:1/takk?sslmode=disable");
    assert!(matches!(opened, Err(StoreError::Unavailable(_))), "at {NOW}");
    let _ = Database::new();
}
