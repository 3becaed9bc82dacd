//! The dotenv file.

use takk::exchange::Edited;
use takk::ops::dotenv::dotenv;
use takk::ui::dotenv_text::render;

use crate::sample;

/// The file with what the shop needs.
fn written(existing: &str) -> String {
    let existing = Edited::new(existing.to_owned());
    let bytes = render(&dotenv(&sample::shop(), &existing), &existing).expect("nothing is in the way");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn a_new_file_says_what_to_fill_in() {
    let text = written("");
    assert!(!text.contains("changeme"));
    insta::assert_snapshot!(text);
}

const EXISTING: &str = "\
# mine
export STRIPE_KEY='sk_test' # from the dashboard
pg_url=postgresql://localhost/shop

# --- the cache, only on Tuesdays
CACHE__HOST=redis
MY_OWN=1

# mail
SMTP_PORT=2525
SMTP_PORT=26
# about the certificate
CERT=\"-----BEGIN
-----END\"";

#[test]
fn what_the_file_has_stays_and_what_is_new_comes_to_its_class() {
    let text = written(EXISTING);
    insta::assert_snapshot!(text);
    assert!(!text.contains("\nDATABASE_URL="), "the other name of a variable is set already:\n{text}");
}

#[test]
fn lines_are_only_added() {
    for existing in
        [EXISTING.to_owned(), EXISTING.replace('\n', "\r\n"), format!("\u{feff}{EXISTING}\n"), EXISTING.replace('\n', "\r")]
    {
        let text = written(&existing);
        let mut rest = text.split_inclusive(['\r', '\n']);
        for line in existing.split_inclusive(['\r', '\n']) {
            assert!(
                rest.any(|kept| kept.trim_end_matches(['\r', '\n']) == line.trim_end_matches(['\r', '\n'])),
                "{line:?} is lost:\n{text}"
            );
        }
        let bare = text.replace("\r\n", "");
        if existing.contains("\r\n") {
            assert!(!bare.contains(['\r', '\n']), "an end of a line is of another sort");
        } else if existing.contains('\r') {
            assert!(!text.contains('\n'), "an end of a line is of another sort");
        }
    }
}

#[test]
fn writing_twice_changes_nothing() {
    let blank = String::from(" \n");
    for existing in [String::new(), blank, EXISTING.to_owned(), EXISTING.replace('\n', "\r\n")] {
        let once = written(&existing);
        assert_eq!(written(&once), once);
    }
}
