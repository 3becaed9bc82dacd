//! `takk diff`

use super::Shop;
use crate::text::assert_fits;

/// `test` and `prod` with one example of every relation.
fn shop() -> Shop {
    let shop = Shop::new();
    shop.import(
        "test",
        "DATABASE_URL=postgresql://u:p@a/shop\nSTRIPE_KEY=sk_1\nLOG_LEVEL=debug\nPORT=80\nCACHE__HOST=c\nSMTP_HOST=m\n",
    );
    shop.import("test", "PORT=81\n");
    shop.import("prod", "DATABASE_URL=postgresql://u:p@b/shop\nLOG_LEVEL=debug\nPORT=81\nCACHE__SIZE=3\nSMTP_HOST=n\n");
    shop.write("shop/settings.py", &super::SETTINGS.replace("smtp_host", "mail_host"));
    shop
}

#[test]
fn two_environments_side_by_side() {
    let shop = shop();
    let text = shop.ok(&["diff", "test", "prod"]);
    assert_fits(&text);
    insta::assert_snapshot!("diff", text);
    let all = shop.ok(&["diff", "test", "prod", "--all"]);
    assert_fits(&all);
    insta::assert_snapshot!("diff, all", all);
}

#[test]
fn the_answer_as_json() {
    let mut answer = shop().json(&["diff", "test", "prod"]);
    for variable in answer["variables"].as_array_mut().expect("a list") {
        for side in variable["sides"].as_array_mut().expect("two") {
            if side["set_at"].is_i64() {
                side["set_at"] = 0.into();
            }
        }
    }
    insta::assert_snapshot!("diff, as JSON", serde_json::to_string_pretty(&answer).expect("JSON"));
}

#[test]
fn the_exit_code_says_it_where_that_is_asked_for() {
    let shop = shop();
    assert_eq!(shop.takk(&["diff", "test", "prod"]).code, 0);
    assert_eq!(shop.takk(&["diff", "test", "prod", "--detailed-exitcode"]).code, 1);
    let empty = Shop::new();
    let answer = empty.takk(&["diff", "preview/a", "preview/b", "--detailed-exitcode"]);
    assert_eq!(answer.code, 1, "their addresses differ: {}", answer.out);
    assert_eq!(empty.takk(&["diff", "dev", "dev"]).code, 2);
    assert_eq!(empty.takk(&["diff", "dev", "prdo"]).code, 2);
    assert_eq!(std::fs::read_dir(empty.home.path()).expect("there").count(), 0, "no store is made");
}
