//! Classes that customize their sources: what is found out about files, and that no file of a hostile repository is obeyed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use takk_model::{Finding, Given, Manifest, SettingsClass};
use takk_project::ops::project::{ProjectOptions, ReadProject, read};
use tempfile::TempDir;

const SETTINGS: &str = r#"
from pydantic_settings import BaseSettings, SettingsConfigDict, YamlConfigSettingsSource


class Settings(BaseSettings):
    model_config = SettingsConfigDict(yaml_file="config.yaml")
    name: str
    port: int = 1

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls)
"#;

fn project(settings: &str, prepare: impl FnOnce(&Path)) -> (TempDir, ReadProject) {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("settings.py"), settings).expect("written");
    prepare(directory.path());
    let options = ProjectOptions { path: directory.path().to_owned(), ..ProjectOptions::default() };
    let project = read(&options).expect("read");
    (directory, project)
}

fn only_class(manifest: &Manifest) -> &SettingsClass {
    let [class] = manifest.settings.as_slice() else { panic!("one class: {:?}", manifest.settings) };
    class
}

fn codes(findings: &[Finding]) -> Vec<(String, String, String)> {
    let place = |finding: &Finding| finding.place.as_ref().map(ToString::to_string).unwrap_or_default();
    findings.iter().map(|finding| (finding.code.to_string(), place(finding), finding.message.clone())).collect()
}

fn given(manifest: &Manifest, field: &str) -> Option<Given> {
    only_class(manifest).fields.iter().find(|known| known.name == field).expect("a field").given.clone()
}

#[test]
fn a_file_gives_a_field_with_its_line_and_no_value() {
    let (_directory, project) = project(SETTINGS, |root| {
        fs::write(root.join("config.yaml"), "port: 2\nname: s3cret-of-a-file\n").expect("written");
    });
    assert_eq!(codes(&project.findings), []);
    let Some(Given::File { place, first: false }) = given(&project.manifest, "name") else { panic!("not given") };
    assert_eq!(place.short(), "config.yaml:2");
    let text = serde_json::to_string(&project.manifest).expect("JSON");
    assert!(!text.contains("s3cret"), "a value of a file is in the manifest");
}

#[test]
fn a_file_that_stops_the_program_is_an_error_at_its_line() {
    for (text, place, word) in [
        ("name: [\n", "config.yaml:2", "this is not YAML"),
        ("name: n\nport: 1\nprot: 1\n", "config.yaml:3", "`Settings` has no field `prot`"),
        ("- name\n", "config.yaml:1", "it must be a mapping"),
        ("name: !vault x\n", "config.yaml:1", "it has a tag"),
    ] {
        let (_directory, project) = project(SETTINGS, |root| fs::write(root.join("config.yaml"), text).expect("written"));
        let stopped: Vec<_> = codes(&project.findings).into_iter().filter(|(code, ..)| code == "TK033").collect();
        let [(_, at, message)] = stopped.as_slice() else { panic!("{text:?}: {:?}", project.findings) };
        assert!(at.starts_with(place) && message.contains(word), "{text:?}: {at}: {message}");
        assert_eq!(only_class(&project.manifest).fields.len(), 2, "nothing is dropped");
    }
}

/// A name, and a function that creates a project.
type Preparation<'p> = (&'p str, &'p dyn Fn(&Path));

#[test]
fn what_a_repository_brings_is_not_obeyed() {
    let outside = tempfile::tempdir().expect("a directory");
    fs::write(outside.path().join("secret.yaml"), "name: outside\n").expect("written");
    let prepare: [Preparation<'_>; 3] = [
        ("an absolute link", &|root| symlink("/etc/passwd", root.join("config.yaml")).expect("linked")),
        ("a link out", &|root| symlink(outside.path().join("secret.yaml"), root.join("config.yaml")).expect("linked")),
        ("a huge file", &|root| {
            let file = fs::File::create(root.join("config.yaml")).expect("made");
            file.set_len(64 << 20).expect("sparse");
        }),
    ];
    for (what, prepare) in prepare {
        let (_directory, project) = project(SETTINGS, prepare);
        let found = codes(&project.findings);
        assert!(matches!(found.as_slice(), [(code, ..)] if code == "TK032"), "{what}: {found:?}");
        assert!(matches!(given(&project.manifest, "name"), Some(Given::Perhaps { .. })), "{what}");
    }
    let bomb = (1..12).fold("a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned(), |text, at| {
        let refer = vec![format!("*a{}", at - 1); 8].join(", ");
        format!("{text}a{at}: &a{at} [{refer}]\n")
    });
    let (_directory, project) = project(SETTINGS, |root| fs::write(root.join("config.yaml"), bomb).expect("written"));
    assert_eq!(codes(&project.findings).iter().filter(|(code, ..)| code == "TK033").count(), 12);
    assert_eq!(given(&project.manifest, "name"), None);
}

#[test]
fn a_path_that_leads_out_or_is_computed_is_said() {
    for path in ["\"/etc/app.yaml\"", "\"~/app.yaml\"", "\"../../app.yaml\"", "__import__(\"os\").environ[\"CONFIG\"]"] {
        let settings = SETTINGS.replace("\"config.yaml\"", path);
        let (_directory, project) = project(&settings, |_| {});
        let found = codes(&project.findings);
        assert!(found.iter().any(|(code, ..)| code == "TK032"), "{path}: {found:?}");
        assert!(matches!(given(&project.manifest, "name"), Some(Given::Perhaps { .. })), "{path}");
    }
}

#[test]
fn a_class_without_the_environment_needs_no_variable() {
    let settings =
        SETTINGS.replace("init_settings, env_settings, Yaml", "Yaml").replace("(settings_cls)\n", "(settings_cls),\n");
    let (_directory, project) = project(&settings, |root| fs::write(root.join("config.yaml"), "port: 1\n").expect("written"));
    let found = codes(&project.findings);
    assert!(
        matches!(found.as_slice(), [(code, _, message)] if code == "TK033" && message.contains("`Settings.name` has no value")),
        "{found:?}"
    );
    assert!(matches!(given(&project.manifest, "name"), Some(Given::Elsewhere { .. })));
    assert!(!only_class(&project.manifest).reads_environment());
}
