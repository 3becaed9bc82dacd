//! The messages of `takk serve` at startup.

use std::net::SocketAddr;
use std::path::Path;

use super::palette::{line, paragraph};
use takk_server::hosted::first_start::FirstOwner;
use takk_server::hosted::invitations::link;

/// Where it listens, on the first line; and at the first start the link for the owner, with a token if requested.
pub fn ready(address: SocketAddr, public_url: Option<&str>, place: &str, owner: Option<&FirstOwner>) -> String {
    let mut text = line!("takk serve listens on http://{address}") + &line!("Values are stored in {place}");
    if let Some(owner) = owner {
        let url = public_url.map_or_else(|| format!("http://{address}"), str::to_owned);
        text.push_str(&paragraph!(
            "{} owns all projects. Set a password in a browser; this link works once and expires in 7 days:",
            owner.name
        ));
        text.push_str(&paragraph!("    {}", link(&url, &owner.set_up).expose()));
        if let Some(token) = &owner.token {
            text.push_str(&paragraph!(
                "Or pass this token to `takk login {url} --token-stdin`; it is shown only once and is revoked when the link is used:"
            ));
            text.push_str(&paragraph!("    {}", token.expose()));
        }
    }
    text
}

/// The note that a master key was created.
pub fn new_key(file: &Path) -> String {
    format!(
        "no keyring could be used: the master key is in `{}`. This protects against a leaked database, not against someone who can \
         read your files. If you lose it, you lose the values: keep a copy.",
        file.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use takk_api::Plain;

    #[test]
    fn the_first_line_is_the_address() {
        let address = SocketAddr::from(([127, 0, 0, 1], 8421));
        let (token, set_up) = (Some(Plain::new("takk_p_x".to_owned())), Plain::new("takk_i_x".to_owned()));
        let owner = FirstOwner { name: "ada".to_owned(), token, set_up };
        let text = ready(address, None, "/data/store.db", Some(&owner));
        assert_eq!(text.lines().next(), Some("takk serve listens on http://127.0.0.1:8421"));
        assert!(text.contains("\n    takk_p_x\n"), "{text}");
        assert!(text.contains("\n    http://127.0.0.1:8421/invitations/takk_i_x\n"), "{text}");
        let behind = ready(address, Some("https://takk.example"), "/data/store.db", Some(&owner));
        assert!(behind.contains(" https://takk.example/invitations/takk_i_x\n"), "{behind}");
        let without = FirstOwner { token: None, ..owner };
        assert!(!ready(address, None, "/data/store.db", Some(&without)).contains("token"));
        assert!(!ready(address, None, "/data/store.db", None).contains("owns"));
    }
}
