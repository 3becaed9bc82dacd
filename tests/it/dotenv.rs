//! The dotenv file.

use takk::ops::dotenv::dotenv;
use takk::ui::dotenv_text::render;

use crate::sample;

#[test]
fn a_new_file_says_what_to_fill_in() {
    let text = render(&dotenv(&sample::shop(), ""));
    assert!(!text.contains("changeme"));
    insta::assert_snapshot!(text);
}

const EXISTING: &str = "\
# mine
export STRIPE_KEY='sk_test' # from the dashboard
pg_url=postgresql://localhost/shop
CACHE__HOST=redis
MY_OWN=1
CERT=\"-----BEGIN
-----END\"
";

#[test]
fn values_and_unknown_names_are_kept() {
    let text = render(&dotenv(&sample::shop(), EXISTING));
    for kept in ["STRIPE_KEY='sk_test' # from the dashboard\n", "pg_url=postgresql://localhost/shop\n", "CACHE__HOST=redis\n"] {
        assert!(text.contains(kept), "{kept} is lost:\n{text}");
    }
    assert!(!text.contains("\nDATABASE_URL="), "the other name of a variable is set already:\n{text}");
    assert!(text.ends_with("\n# --- Not declared in the code\nMY_OWN=1\nCERT=\"-----BEGIN\n-----END\"\n"), "{text}");
}

#[test]
fn writing_twice_changes_nothing() {
    for existing in ["", EXISTING] {
        let once = render(&dotenv(&sample::shop(), existing));
        assert_eq!(render(&dotenv(&sample::shop(), &once)), once);
    }
}
