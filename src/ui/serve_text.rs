//! What `takk serve` says when it begins.

use std::net::SocketAddr;
use std::path::Path;

use crate::ops::hosted::first_start::FirstOwner;

/// Where it listens, in the first line; and the token of the first start.
pub fn ready(address: SocketAddr, place: &str, owner: Option<&FirstOwner>) -> String {
    let mut text = format!("takk serve listens on http://{address}\nIt keeps its values in {place}\n");
    if let Some(owner) = owner {
        text.push_str(&format!(
            "\n{} owns everything in it, with this token, which is shown only now:\n\n    {}\n\n\
             Paste it into `takk login http://{address} --token-stdin`.\n",
            owner.name,
            owner.token.expose()
        ));
    }
    text
}

/// That a master key was made.
pub fn new_key(file: &Path) -> String {
    format!(
        "no keyring could be used: the master key is in `{}`. It keeps values from whoever has the store alone, not from whoever can \
         read your files. Without it the values are lost: keep a copy of it.",
        file.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Plain;

    #[test]
    fn the_first_line_is_the_address() {
        let address = SocketAddr::from(([127, 0, 0, 1], 8421));
        let owner = FirstOwner { name: "ada".to_owned(), token: Plain::new("takk_p_x".to_owned()) };
        let text = ready(address, "/data/store.db", Some(&owner));
        assert_eq!(text.lines().next(), Some("takk serve listens on http://127.0.0.1:8421"));
        assert!(text.contains("\n    takk_p_x\n"), "{text}");
        assert!(!ready(address, "/data/store.db", None).contains("token"));
    }
}
