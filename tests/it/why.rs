//! Everything about one variable.

use takk::ui::{json, why_text};
use takk_project::config::Home;
use takk_project::ops::why::why;

use crate::sample;
use crate::text::plain;

fn answer(name: &str) -> String {
    plain(&why_text::render(&why(&mut sample::nothing_kept(&Home::none()), &sample::shop(), name, &[]).expect("known"), 0))
}

#[test]
fn a_variable_is_explained() {
    insta::assert_snapshot!("why STRIPE_KEY", answer("STRIPE_KEY"));
    insta::assert_snapshot!("why API_URL", answer("api_url"));
    insta::assert_snapshot!("why db_password", answer("db_password"));
    insta::assert_snapshot!("why PORT_OFFSET", answer("PORT_OFFSET"));
}

#[test]
fn a_variable_is_found_by_any_of_its_names() {
    let database = answer("DATABASE_URL");
    for name in ["database_url", "pg_url", "settings.database_url", "shop.settings.Settings.database_url"] {
        assert_eq!(answer(name), database, "{name}");
    }
    assert_eq!(answer("cache__password"), answer("CACHE"));
}

#[test]
fn an_unknown_name_gets_the_nearest() {
    let error = why(&mut sample::nothing_kept(&Home::none()), &sample::shop(), "STRIPE_KYE", &[]).expect_err("unknown");
    assert_eq!(error.message, "no variable or field is named `STRIPE_KYE`");
    assert_eq!(error.hints, ["did you mean `STRIPE_KEY` or `stripe_key`?"]);
    let error = why(&mut sample::nothing_kept(&Home::none()), &sample::shop(), "zebra", &[]).expect_err("unknown");
    assert_eq!(error.hints, ["`takk plan --all` lists all variables"]);
}

#[test]
fn the_answer_as_json_names_places_and_states() {
    let text = json::json(&why(&mut sample::nothing_kept(&Home::none()), &sample::shop(), "stripe_key", &[]).expect("known"))
        .expect("JSON");
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let variable = &answer["variables"][0];
    assert_eq!(variable["used_by"][2]["through"][1], "shop.mail.MailSettings");
    assert_eq!(variable["environments"][0]["state"], "missing");
    assert_eq!(variable["readers"][0]["place"]["line"], 9);
}

#[test]
fn the_answer_fits_a_terminal() {
    for name in ["STRIPE_KEY", "API_URL", "DATABASE_URL", "CACHE", "db_password", "PORT_OFFSET"] {
        crate::text::assert_fits(&answer(name));
    }
}
