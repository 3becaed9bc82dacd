//! The store as a file: where it is opened, and by how many.

use takk::store::{Sqlite, StoreError};

use super::{Home, get, set};

#[test]
fn a_directory_that_is_not_there_is_named() {
    let home = Home::new();
    let file = home.0.path().join("no/such/store.db");
    match Sqlite::open(&file) {
        Err(error @ StoreError::Open { .. }) => {
            assert_eq!(error.to_string(), format!("cannot open the store `{}`", file.display()));
        }
        other => panic!("{:?}", other.map(|_| ()).map_err(|error| error.to_string())),
    }
}

#[test]
fn two_at_once_see_what_the_other_wrote() {
    let home = Home::new();
    let (mut one, mut two) = (home.vault(), home.vault());
    one.create_environment("shop", "dev", None).expect("made");
    assert_eq!(set(&mut two, "dev", "KEY", "from two"), 1);
    assert_eq!(get(&mut one, "dev", "KEY").as_deref(), Some("from two"));
    assert_eq!(set(&mut one, "dev", "KEY", "from one"), 2);
    assert_eq!(get(&mut two, "dev", "KEY").as_deref(), Some("from one"));
}
