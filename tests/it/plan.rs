//! The plan: its states, its URLs, and its text.

use serde_json::Value;
use takk::ui::{docs_markdown, inspect_text, json, plan_html, plan_markdown, plan_text};
use takk_model::Holdings;
use takk_model::{PerEnvironment, ServiceUrlRef, UrlKind};
use takk_plan::{Address, EnvironmentPlan, PlannedVariable, State, plan_all};
use takk_project::config::Home;
use takk_project::ops::{inspect, plan};

use crate::sample;
use crate::text::{assert_fits, plain};

fn planned(name: &str) -> EnvironmentPlan {
    let environments = sample::environments();
    let environment = environments.iter().find(|environment| environment.name.as_str() == name).expect("known");
    takk_plan::plan(&sample::manifest(), environment, &[])
}

fn variable(name: &str, environment: &str) -> PlannedVariable {
    let plan = planned(environment);
    plan.variables.into_iter().find(|variable| variable.declared.name == name).expect("planned")
}

#[test]
fn each_variable_has_the_state_that_an_empty_environment_gives_it() {
    let states: Vec<(String, State)> =
        planned("dev").variables.into_iter().map(|variable| (variable.declared.name.clone(), variable.state)).collect();
    insta::assert_debug_snapshot!(states);
}

#[test]
fn one_variable_of_two_classes_is_one_line() {
    let stripe = variable("STRIPE_KEY", "dev").declared;
    assert_eq!(stripe.readers.len(), 2);
    assert_eq!(stripe.services, ["api", "cleanup", "mail.worker"]);
    assert_eq!(stripe.readers[1].services, ["mail.worker"]);
}

#[test]
fn no_secret_default_is_in_a_plan() {
    let plan = plan_all(&sample::manifest(), &sample::environments(), &Holdings::default());
    let text = json::json(&plan).expect("JSON");
    assert!(!text.contains("changeme"));
    assert!(!plan_text::render(&plan, &[], true).contains("changeme"));
    assert!(!plan_markdown::render(&plan, &[], true).contains("changeme"));
    assert!(!plan_html::render(&plan, &[]).expect("a page").contains("changeme"));
    assert!(!docs_markdown::render(&sample::manifest(), &plan).contains("changeme"));
    assert_eq!(variable("ADMIN_PASSWORD", "dev").state, State::Default);
}

#[test]
fn addresses_differ_between_environments() {
    let url = |environment: &str| {
        let api = planned(environment).services.into_iter().find(|service| service.name == "api").expect("planned");
        (api.external_url, api.internal_url)
    };
    let known = |url: &str| Some(Address::Url(url.to_owned()));
    assert_eq!(url("dev").1, known("http://localhost:8000"));
    assert_eq!(url("test").1, known("http://api.web-shop-test.svc.cluster.local:8000"));
    assert_eq!(url("prod").0, known("https://api.shop.example.org"));
    let reason = "`api` has no domain and `dev` has no base domain".to_owned();
    assert_eq!(url("dev").0, Some(Address::Unresolved(reason.clone())));
    assert_eq!(variable("API_URL", "dev").reason, Some(reason));
    assert_eq!(variable("API_URL", "dev").state, State::Missing);
    assert_eq!(variable("API_URL", "prod").value.as_deref(), Some("https://api.shop.example.org"));
}

/// What `ServiceUrl(name, url, protocol)` resolves to in `prod`, for a field of every class.
fn resolved(name: &str, url: UrlKind, protocol: &str) -> Result<String, String> {
    let mut manifest = sample::manifest();
    manifest.services[0].domains = Some(PerEnvironment::Same(vec!["buy.example.org".to_owned()]));
    manifest.services[2].port = Some(PerEnvironment::Same(Some(9000)));
    manifest.services[2].external = true;
    let reference = ServiceUrlRef { name: name.to_owned(), url, protocol: protocol.to_owned() };
    manifest.settings[1].fields[1].service = Some(reference);
    let environments = sample::environments();
    let plan = takk_plan::plan(&manifest, environments.last().expect("prod"), &[]);
    let host = plan.variables.into_iter().find(|variable| variable.declared.name == "SMTP_HOST").expect("planned");
    host.value.ok_or_else(|| host.reason.expect("a reason"))
}

#[test]
fn a_service_is_found_by_its_full_or_its_unique_short_name() {
    use UrlKind::{External, Internal};
    assert_eq!(resolved("api", External, "https").expect("domain"), "https://buy.example.org");
    assert_eq!(resolved("api", External, "none").expect("domain"), "buy.example.org");
    assert_eq!(resolved("worker", External, "https").expect("base"), "https://mail-worker.shop.example.org");
    let internal = "http://mail-worker.web-shop-prod.svc.cluster.local:9000";
    assert_eq!(resolved("mail.worker", Internal, "http").expect("port"), internal);
    assert_eq!(resolved("self", Internal, "http").expect("the one reader"), internal);
    assert_eq!(resolved("cleanup", Internal, "http"), Err("`cleanup` does not listen on a port".to_owned()));
    assert_eq!(resolved("cleanup", External, "http"), Err("`cleanup` is not reachable from outside".to_owned()));
    assert_eq!(resolved("apl", Internal, "http"), Err("no component is named `apl`, did you mean `api`?".to_owned()));
    assert_eq!(resolved("mail", Internal, "http"), Err("`mail` is a group of mail.worker: name one of them".to_owned()));
}

#[test]
fn a_component_that_allows_http_keeps_it() {
    let mut manifest = sample::manifest();
    manifest.services[0].options.insert("https_only".to_owned(), "False".to_owned());
    let plan = takk_plan::plan(&manifest, sample::environments().last().expect("prod"), &[]);
    assert_eq!(plan.services[0].external_url, Some(Address::Url("http://api.shop.example.org".to_owned())));
}

#[test]
fn a_secret_path_is_written_for_each_store() {
    let prod = variable("db_password", "prod");
    let path = prod.secret_path.expect("a path");
    assert_eq!(prod.state, State::Path);
    assert_eq!(path.path, "/prod/db/password");
    assert_eq!(path.aws_ssm, "/prod/db/password:2");
    assert_eq!(path.vault.as_deref(), Some("version=2"));
    assert_eq!(path.env, "PROD_DB_PASSWORD");
    assert!(path.unknown.is_empty());
    let dev = variable("db_password", "dev");
    assert_eq!(dev.reason.as_deref(), Some("`stage` has no value in `dev`"));
    assert_eq!(dev.secret_path.expect("a path").path, "/{stage}/db/password");
}

#[test]
fn a_path_takes_the_default_of_its_variable_where_the_environment_is_silent() {
    let mut manifest = sample::manifest();
    manifest.settings[2].fields[0].default = Some(takk_model::DefaultValue::Value(Value::from("local")));
    let plan = takk_plan::plan(&manifest, &sample::environments()[0], &[]);
    let path = plan.variables.into_iter().find_map(|variable| variable.secret_path).expect("a path");
    assert_eq!(path.path, "/local/db/password");
}

#[test]
fn the_text_of_all_environments() {
    let answer = plan::plan(&mut sample::nothing_kept(&Home::none()), &sample::shop(), &[]).expect("planned");
    let text = plain(&plan_text::render(&answer.plan, &answer.findings, false));
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_text_of_one_environment_with_everything_open() {
    let answer = plan::plan(&mut sample::nothing_kept(&Home::none()), &sample::shop(), &["prod".to_owned()]).expect("planned");
    let text = plain(&plan_text::render(&answer.plan, &[], true));
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn environments_that_are_alike_are_one_block() {
    let mut manifest = sample::manifest();
    manifest.services.clear();
    manifest.settings.truncate(2);
    let text = plain(&plan_text::render(&plan_all(&manifest, &sample::environments(), &Holdings::default()), &[], false));
    assert_eq!(text.matches(" only\n").count(), 0, "{text}");
    assert_eq!(text.matches("\ndev, test, prod\n").count(), 1, "{text}");
}

#[test]
fn a_project_without_settings_gets_a_friendly_answer() {
    let render = |files| {
        plain(&plan_text::render(&plan_all(&sample::nothing(files), &sample::environments(), &Holdings::default()), &[], false))
    };
    assert_fits(&render(31));
    insta::assert_snapshot!("no settings classes", render(31));
    insta::assert_snapshot!("no Python files", render(0));
}

#[test]
fn the_plan_as_json() {
    let answer = plan::plan(&mut sample::nothing_kept(&Home::none()), &sample::shop(), &["prod".to_owned()]).expect("planned");
    insta::assert_snapshot!(json::json(&answer.plan).expect("JSON"));
}

#[test]
fn the_environment_reference() {
    let manifest = sample::manifest();
    insta::assert_snapshot!(docs_markdown::render(
        &manifest,
        &plan_all(&manifest, &sample::environments(), &Holdings::default())
    ));
}

#[test]
fn the_declarations_as_text() {
    let inspection = inspect::inspect(sample::shop()).expect("inspected");
    let text = plain(&inspect_text::render(&inspection.manifest));
    assert_fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn a_default_is_hidden_when_another_class_keeps_the_variable_secret() {
    let mut manifest = sample::manifest();
    let mut plain = sample::field("shop.mail", 10, "stripe_key", "str", Some(Value::from("sk_live_1")));
    plain.required = false;
    manifest.settings[1].fields[0] = plain;
    for turn in 0..2 {
        let text = json::json(&plan_all(&manifest, &sample::environments(), &Holdings::default())).expect("JSON");
        assert!(!text.contains("sk_live_1"), "order {turn}");
        manifest.settings.swap(0, 1);
    }
}
