//! A project as compiled by takk 0.1.40 (`CompiledProject` in its `models.py`) → the equivalent manifest.
//!
//! It contains less than the source: a field has its Python name but no alias or prefix, the name of its type without arguments, and no
//! place. takk 0.1.40 passes a value under the field's name in upper case.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use super::resources;
use takk_catalog::catalog;
use takk_model::{
    Annotation, Api, ClassKind, ClassRef, DefaultValue, FieldNames, Manifest, Packages, PerEnvironment, Place, ProjectInfo,
    ResourcePart, SCHEMA_VERSION, Service, ServiceKind, ServiceUrlRef, Setting, SettingsClass, SettingsConfig, TemplatePart,
    UrlKind, Usage, ValueType, older_annotation,
};

/// The file that declares a project, unless `--ref` says otherwise.
const FILE: &str = "project.py";

/// The parts of a compiled project that takk uses.
#[derive(Deserialize)]
pub struct CompiledProject {
    name: String,
    #[serde(default)]
    shared_settings: Vec<CompiledSetting>,
    #[serde(default)]
    containers: Vec<CompiledContainer>,
    #[serde(default)]
    project_source: String,
}

#[derive(Deserialize)]
struct CompiledSetting {
    name: String,
    data_type: String,
    #[serde(default)]
    description: Option<String>,
    /// `null` for `None`, an object if there is no default, otherwise the default as text.
    #[serde(default)]
    default_value: Json,
    #[serde(default)]
    is_optional: bool,
    #[serde(default)]
    is_secret: bool,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct CompiledContainer {
    name: String,
    #[serde(default)]
    settings: Option<Vec<CompiledSetting>>,
    #[serde(default)]
    ingress: Option<Ingress>,
    #[serde(default)]
    scalers: Option<Vec<Json>>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    scope: String,
}

#[derive(Deserialize)]
struct Ingress {
    port: u16,
    #[serde(default)]
    external_port: Option<u16>,
    #[serde(default)]
    domain_names: Option<Vec<String>>,
}

/// The manifest of a compiled project.
pub fn manifest_of_compiled(project: CompiledProject) -> Manifest {
    let source = project.project_source;
    let shared = class("shared_settings", place(&source, "shared_settings"), project.shared_settings);
    let shared_settings = if shared.fields.is_empty() { Vec::new() } else { vec![shared.class_ref()] };
    let mut settings = vec![shared];
    let mut services = Vec::new();
    for mut container in project.containers {
        let short = container.name.rsplit('.').next().unwrap_or_default().to_owned();
        let own = class(&container.name, place(&source, &short), container.settings.take().unwrap_or_default());
        services.push(service(container, &own));
        settings.push(own);
    }
    settings.retain(|class| !class.fields.is_empty());
    services.sort_by(|a, b| a.name.cmp(&b.name));
    let packages = Packages::default();
    let info = ProjectInfo { name: project.name, place: Some(place(&source, "Project")), ..ProjectInfo::default() };
    Manifest {
        schema_version: SCHEMA_VERSION,
        project: info,
        resources: resources::resources(&settings.iter().collect::<Vec<_>>(), &[], &packages),
        settings,
        variants: Vec::new(),
        services,
        shared_settings,
        reads: Vec::new(),
        suggestions: Vec::new(),
        libraries: Vec::new(),
        packages,
        files: 0,
        names: FieldNames::default(),
    }
}

/// The first line that contains a keyword or a call.
fn place(source: &str, name: &str) -> Place {
    let is_it = |line: &str| {
        line.match_indices(name).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + name.len()..].trim_start().chars().next();
            before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.') && matches!(after, Some('=' | '('))
        })
    };
    let line = source.lines().position(is_it).and_then(|line| u32::try_from(line + 1).ok());
    Place::new(FILE, line.unwrap_or(1), 1)
}

fn class(name: &str, place: Place, settings: Vec<CompiledSetting>) -> SettingsClass {
    let owner = ClassRef { module: String::new(), qualname: name.to_owned() };
    SettingsClass {
        module: owner.module.clone(),
        qualname: owner.qualname.clone(),
        fields: settings.into_iter().map(|written| setting(written, &owner, &place)).collect(),
        file: place.file,
        line: place.line,
        column: place.column,
        kind: ClassKind::Settings,
        api: Api::V2,
        bases: Vec::new(),
        description: None,
        config: SettingsConfig::default(),
        custom_sources: false,
        sources: None,
        test: false,
        usage: Usage::default(),
    }
}

fn setting(written: CompiledSetting, owner: &ClassRef, place: &Place) -> Setting {
    let (annotation, accepts) = typed(&written);
    let marks = Marks::of(&written);
    let default = match written.default_value {
        Json::Object(_) => None,
        Json::Null => Some(DefaultValue::Value(Json::Null)),
        text => Some(DefaultValue::Value(text)),
    };
    Setting {
        env: vec![written.name.to_uppercase()],
        name: written.name,
        nested: Vec::new(),
        type_name: annotation.to_string(),
        annotation: Some(annotation),
        accepts,
        // pydantic requires a field that allows `None` but has no default.
        required: default.is_none(),
        optional: written.is_optional,
        secret: written.is_secret || marks.is_secret,
        default,
        constraints: BTreeMap::new(),
        choices: Vec::new(),
        refused_default: None,
        updates_default: false,
        updated_default: None,
        description: written.description,
        deprecated: false,
        resource: marks.resource,
        sqlalchemy: marks.is_sqlalchemy,
        driver: None,
        service: marks.service,
        template: marks.template,
        path: None,
        given: None,
        owner: owner.clone(),
        file: place.file.clone(),
        line: place.line,
        column: place.column,
    }
}

/// The type, with what its text says about it. `SecretStr` appears as `str`.
fn typed(written: &CompiledSetting) -> (Annotation, ValueType) {
    let text = match (written.data_type.as_str(), written.is_secret) {
        ("str", true) => "SecretStr",
        ("bytes", true) => "SecretBytes",
        (text, _) => text,
    };
    let annotation = older_annotation(text).unwrap_or_else(|| Annotation::source(text));
    let annotation = if written.is_optional { annotation.or_none() } else { annotation };
    let accepts =
        annotation.accepts().unwrap_or_else(|| ValueType::unchecked(format!("`{annotation}` does its own validation")));
    (annotation, accepts)
}

/// The meaning of a field's tags.
#[derive(Default)]
struct Marks {
    resource: Option<ResourcePart>,
    is_sqlalchemy: bool,
    is_secret: bool,
    service: Option<ServiceUrlRef>,
    template: Vec<TemplatePart>,
}

impl Marks {
    fn of(written: &CompiledSetting) -> Self {
        let mut marks = Self::default();
        for tag in &written.tags {
            if let Some(part) = resource_part(tag, &written.data_type) {
                let known = catalog().tag_by_value(tag.split(':').next().unwrap_or_default());
                marks.is_secret |= known.is_some_and(|tag| tag.secret);
                marks.is_sqlalchemy |= known.is_some_and(|tag| tag.kind_from_type);
                if marks.resource.is_none() || tag.contains(':') {
                    marks.resource = Some(part);
                }
            } else if let Some(service) = service_url(tag) {
                marks.service = Some(service);
            } else if let Some(parts) = tag.strip_prefix("template:").and_then(template) {
                marks.template = parts;
            }
        }
        if marks.resource.is_none() && marks.template.is_empty() {
            let named = written.data_type.split(" | ").find_map(|name| catalog().dsn_type(name));
            marks.resource = named.map(|(kind, _)| part(kind.name, "default", "dsn"));
        }
        marks
    }
}

fn part(kind: &str, name: &str, part: &str) -> ResourcePart {
    ResourcePart { kind: kind.to_owned(), name: name.to_owned(), part: part.to_owned() }
}

/// `psql_host`, `PostgresDsn:audit`
fn resource_part(tag: &str, data_type: &str) -> Option<ResourcePart> {
    let (value, name) = tag.split_once(':').unwrap_or((tag, "default"));
    let tag = catalog().tag_by_value(value)?;
    let of_type = || data_type.split(" | ").find_map(|name| catalog().dsn_type(name)).map(|(kind, _)| kind.name);
    let kind = if tag.kind_from_type { of_type().unwrap_or(tag.kind) } else { tag.kind };
    Some(part(kind, name, tag.part))
}

/// `service:api:internal:http`
fn service_url(tag: &str) -> Option<ServiceUrlRef> {
    let mut parts = tag.strip_prefix("service:")?.split(':');
    let name = parts.next()?.to_owned();
    let url = match parts.next()? {
        "internal" => UrlKind::Internal,
        "external" => UrlKind::External,
        _ => return None,
    };
    Some(ServiceUrlRef { name, url, protocol: parts.next().unwrap_or("http").to_owned() })
}

/// `["jdbc:postgresql://", "psql_host:default"]`
fn template(text: &str) -> Option<Vec<TemplatePart>> {
    let parts: Vec<String> = serde_json::from_str(text).ok()?;
    let read = |text: String| {
        let known = resource_part(&text, "").map(TemplatePart::Resource);
        known.or_else(|| service_url(&text).map(TemplatePart::Service)).unwrap_or(TemplatePart::Text(text))
    };
    Some(parts.into_iter().map(read).collect())
}

fn service(container: CompiledContainer, own: &SettingsClass) -> Service {
    let kind = kind(&container);
    let ingress = container.ingress.as_ref();
    Service {
        name: container.name,
        component: "Container".to_owned(),
        kind,
        present: PerEnvironment::everywhere(),
        port: ingress.map(|ingress| PerEnvironment::Same(Some(ingress.port))),
        external: ingress.is_some_and(|ingress| ingress.external_port.is_some()),
        domains: ingress.and_then(|ingress| ingress.domain_names.clone()).map(PerEnvironment::Same),
        schedule: None,
        listens_to: None,
        image: None,
        settings: if own.fields.is_empty() { Vec::new() } else { vec![own.class_ref()] },
        variables: BTreeMap::new(),
        tags: Vec::new(),
        description: container.description,
        options: BTreeMap::new(),
        place: own.place(),
    }
}

/// The kind of a container, as in `CompiledContainer.kind`. A scaler is recognized by its fields.
fn kind(container: &CompiledContainer) -> ServiceKind {
    let scaled_by = |field: &str| container.scalers.iter().flatten().any(|scaler| scaler.get(field).is_some());
    match container.scope.as_str() {
        "node" => ServiceKind::Daemonset,
        _ if scaled_by("subject") => ServiceKind::Subscriber,
        _ if scaled_by("queue_name") || scaled_by("queue") => ServiceKind::Worker,
        _ if scaled_by("cron_schedule") || scaled_by("schedule") => ServiceKind::Cron,
        _ if container.ingress.is_some() => ServiceKind::NetworkApp,
        _ => ServiceKind::Job,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(settings: &Json) -> Vec<Setting> {
        let project = json!({"name": "shop", "shared_settings": settings, "project_source": "from takk import Project\n\
             project = Project(\n    name='shop',\n    shared_settings=[S],\n)\n"});
        let manifest = manifest_of_compiled(serde_json::from_value(project).expect("a compiled project"));
        assert!(manifest.settings.iter().all(|class| class.place().short() == "project.py:4"));
        manifest.settings.into_iter().flat_map(|class| class.fields).collect()
    }

    #[test]
    fn what_is_required_and_secret_is_kept() {
        let fields = fields(&json!([
            {"name": "key", "data_type": "str", "is_secret": true, "default_value": {}},
            {"name": "note", "data_type": "str", "is_optional": true, "default_value": null},
            {"name": "open", "data_type": "int", "is_optional": true, "default_value": {}},
            {"name": "port", "data_type": "int", "default_value": "80"},
            {"name": "mode", "data_type": "Literal['a']", "is_optional": true, "default_value": null},
        ]));
        let told: Vec<_> = fields.iter().map(|field| (field.type_name.as_str(), field.required, field.secret)).collect();
        let expected = [
            ("SecretStr", true, true),
            ("str | None", false, false),
            ("int | None", true, false),
            ("int", false, false),
            ("Literal['a'] | None", false, false),
        ];
        assert_eq!(told, expected);
        assert_eq!(fields[0].env, ["KEY"]);
        assert_eq!(fields[0].accepts, ValueType::Secret(Box::new(ValueType::Str)));
    }

    #[test]
    fn tags_name_resources_and_services() {
        let fields = fields(&json!([
            {"name": "a", "data_type": "PostgresDsn", "default_value": {}, "tags": ["PostgresDsn:audit"]},
            {"name": "b", "data_type": "MySQLDsn", "default_value": {}, "tags": ["sqlalchemy_uri"]},
            {"name": "c", "data_type": "NatsDsn", "default_value": {}, "tags": []},
            {"name": "d", "data_type": "AnyUrl", "default_value": {}, "tags": ["service:api:internal:http"]},
            {"name": "e", "data_type": "str", "default_value": {}, "tags": ["template:[\"x://\", \"psql_host:default\"]"]},
        ]));
        assert_eq!(fields[0].resource, Some(part("postgres", "audit", "dsn")));
        assert_eq!((&fields[1].resource, fields[1].sqlalchemy), (&Some(part("mysql", "default", "dsn")), true));
        assert_eq!(fields[2].resource, Some(part("nats", "default", "dsn")));
        assert_eq!(fields[3].service.as_ref().map(|service| service.name.as_str()), Some("api"));
        let parts = [TemplatePart::Text("x://".to_owned()), TemplatePart::Resource(part("postgres", "default", "host"))];
        assert_eq!(fields[4].template, parts);
    }
}
