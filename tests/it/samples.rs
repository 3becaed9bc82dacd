//! The components and resources of the sample projects in `tests/corpus/samples`, compared with what the published takk computes by
//! importing them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// Fields that are not compared: the first four depend on whether a module that no lock names can be imported, the next two are created by
/// `dataclasses.make_dataclass`, which takk does not evaluate.
const LEFT_OUT: [&str; 6] = ["sandbox", "oven_url", "oven_key", "slack_webhook_url", "tug_url", "tug_key"];

/// Fields of a class that only some environments list; the manifest covers all of them.
const SOMETIMES: [&str; 5] = ["s3_access_key", "s3_secret_key", "s3_region", "s3_endpoint", "s3_bucket"];

#[test]
fn components_are_those_of_the_running_project() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/samples");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for sample in sorted(&samples) {
        let truth: Value = serde_json::from_slice(&fs::read(sample.join("truth.json")).expect("a truth")).expect("JSON");
        let manifest = inspect(&sample);
        for (environment, compiled) in truth["runs"].as_object().expect("runs") {
            compared += 1;
            let (expected, given) = (of_truth(compiled), of_manifest(&manifest, environment, compiled));
            if expected != given {
                wrong.push(format!("{} {environment}\n expected {expected:#}\n given {given:#}", sample.display()));
            }
        }
    }
    assert!(compared > 0, "no sample was compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn sorted(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("readable").map(|entry| entry.expect("readable").path());
    entries.filter(|path| path.join("truth.json").is_file()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn inspect(sample: &Path) -> Value {
    let output =
        Command::new(env!("CARGO_BIN_EXE_takk")).args(["inspect", "--format", "json"]).arg(sample).output().expect("takk runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The output of takk 0.1.40, reduced to what both have.
fn of_truth(compiled: &Value) -> Value {
    let mut services = BTreeMap::new();
    for container in compiled["containers"].as_array().expect("containers") {
        let scalers = container["scalers"].as_array().map_or(&[][..], Vec::as_slice);
        let scaled = |key: &str| scalers.iter().find_map(|scaler| scaler.get(key)).cloned().unwrap_or(Value::Null);
        let entry = json!({
            "port": container["ingress"]["port"],
            "external": !container["ingress"]["external_port"].is_null(),
            "domains": container["ingress"]["domain_names"],
            "schedule": scaled("schedule"),
            "listens_to": if scaled("subject").is_null() { scaled("queue_name") } else { scaled("subject") },
            "image": container["docker_image"],
            "tags": container["tags"].as_array().cloned().unwrap_or_default(),
        });
        services.insert(container["name"].as_str().expect("a name"), entry);
    }
    json!({
        "name": compiled["name"],
        "services": services,
        "resources": resources_of_truth(compiled),
        "fields": fields_of_truth(compiled),
    })
}

fn resources_of_truth(compiled: &Value) -> BTreeSet<&str> {
    compiled["resources"].as_array().expect("resources").iter().filter_map(|resource| resource["name"].as_str()).collect()
}

/// The names of the fields of each container, and of the project.
fn fields_of_truth(compiled: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let compared = |name: &String| !LEFT_OUT.contains(&name.as_str());
    let names =
        |list: &Value| list.as_array().into_iter().flatten().map(|field| text(&field["name"])).filter(compared).collect();
    let containers = compiled["containers"].as_array().expect("containers").iter();
    let mut all: BTreeMap<_, _> =
        containers.map(|container| (text(&container["name"]), names(&container["settings"]))).collect();
    all.insert("shared".to_owned(), names(&compiled["shared_settings"]));
    all
}

/// The same for the manifest. It covers all environments, so if it has more components or fields, the truth determines those of an
/// environment.
fn of_manifest(manifest: &Value, environment: &str, compiled: &Value) -> Value {
    let truth = fields_of_truth(compiled);
    let mut services = BTreeMap::new();
    let mut fields = BTreeMap::new();
    for service in manifest["services"].as_array().expect("services") {
        if value_in(&service["present"], environment) == json!(false) {
            continue;
        }
        let name = text(&service["name"]);
        let entry = json!({
            "port": value_in(&service["port"], environment),
            "external": service["external"],
            "domains": value_in(&service["domains"], environment),
            "schedule": value_in(&service["schedule"], environment),
            "listens_to": service["listens_to"],
            "image": value_in(&service["image"], environment),
            "tags": service["tags"],
        });
        fields.insert(name.clone(), fields_of(manifest, &service["settings"], truth.get(&name)));
        services.insert(name, entry);
    }
    fields.insert("shared".to_owned(), fields_of(manifest, &manifest["shared_settings"], truth.get("shared")));
    let described =
        manifest["resources"].as_array().expect("resources").iter().filter(|resource| resource["instance"].is_string());
    let resources = described.filter_map(|resource| resource["name"].as_str());
    let known = resources_of_truth(compiled);
    // A resource of another environment is not compared here.
    let elsewhere = |name: &&str| known.contains(name) || !["cache", "db"].contains(name);
    json!({
        "name": manifest["project"]["name"],
        "services": services,
        "resources": resources.filter(elsewhere).collect::<BTreeSet<_>>(),
        "fields": fields,
    })
}

fn fields_of(manifest: &Value, classes: &Value, truth: Option<&BTreeSet<String>>) -> BTreeSet<String> {
    let listed = |class: &&Value| {
        let same = |listed: &Value| listed["module"] == class["module"] && listed["qualname"] == class["qualname"];
        classes.as_array().expect("classes").iter().any(same)
    };
    let classes = manifest["settings"].as_array().expect("settings").iter().filter(listed);
    let names = classes.flat_map(|class| class["fields"].as_array().expect("fields")).map(|field| text(&field["name"]));
    let elsewhere = |name: &String| SOMETIMES.contains(&name.as_str()) && truth.is_some_and(|truth| !truth.contains(name));
    names.filter(|name| !LEFT_OUT.contains(&name.as_str()) && !elsewhere(name)).collect()
}

fn value_in(value: &Value, environment: &str) -> Value {
    match value.get("environments") {
        Some(environments) => environments.get(environment).unwrap_or(&value["default"]).clone(),
        None => value.clone(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
