//! A hand-written example: what the analysis would return for a small shop.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use takk_model::*;
use takk_project::config::Home;
use takk_project::ops::project::{ReadProject, Sources};
use takk_project::platform::Embedded;

/// The text of the settings module, for excerpts and `# noqa`.
pub(crate) const SETTINGS: &str = r#"from pydantic import PostgresDns, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """What every part of the shop needs."""

    database_url: PostgresDns
    stripe_key: SecretStr
    admin_password: SecretStr = SecretStr("changeme")
    # A comment with tabs:	and ümläuts
    log_level: Level = Level.INFO
    release: str = Field(default_factory=git_sha)
    sentry_dsn: str | None = None  # noqa: TK002
    api_url: Annotated[AnyUrl, ServiceUrl("api", "external")]
    cache: Cache
"#;

/// The shop with its findings and environments.
pub(crate) fn shop() -> ReadProject {
    ReadProject {
        root: "/shop".into(),
        manifest: manifest(),
        findings: findings(),
        sources: Sources::new(|file| (file == "shop/settings.py").then(|| SETTINGS.to_owned())),
        environments: environments(),
        config: takk_project::config::Config::default(),
    }
}

/// A project in which nothing was found.
pub(crate) fn nothing(files: usize) -> Manifest {
    Manifest {
        schema_version: SCHEMA_VERSION,
        project: ProjectInfo { name: "empty".to_owned(), ..ProjectInfo::default() },
        settings: Vec::new(),
        variants: Vec::new(),
        services: Vec::new(),
        shared_settings: Vec::new(),
        resources: Vec::new(),
        reads: Vec::new(),
        suggestions: Vec::new(),
        libraries: Vec::new(),
        packages: Packages::default(),
        files,
        names: FieldNames::default(),
    }
}

/// `dev`, `test` and `prod`; only `prod` has a base domain.
pub(crate) fn environments() -> Vec<Environment> {
    let environment = |name: &str, domain: Option<&str>, stage: Option<&str>| Environment {
        name: EnvironmentName::parse(name).expect("valid"),
        domain: domain.map(str::to_owned),
        context: stage.map(|stage| ("stage".to_owned(), stage.to_owned())).into_iter().collect(),
    };
    vec![
        environment("dev", None, None),
        environment("test", None, None),
        environment("prod", Some("shop.example.org"), Some("prod")),
    ]
}

/// What the shop declares.
pub(crate) fn manifest() -> Manifest {
    let settings = vec![shared_settings(), mail_settings(), vault()];
    Manifest {
        project: ProjectInfo {
            name: "web_shop".to_owned(),
            place: Some(Place::new("project.py", 9, 11)),
            requires_python: Some(">=3.12".to_owned()),
            pydantic: Some("2.14.3".to_owned()),
            pydantic_settings: Some("2.16.3".to_owned()),
        },
        services: vec![api(), cleanup(), worker()],
        shared_settings: vec![settings[0].class_ref()],
        resources: vec![postgres(&settings[0])],
        reads: vec![EnvironmentRead {
            name: "PORT_OFFSET".to_owned(),
            required: true,
            conditional: false,
            test: false,
            place: Place::new("shop/run.py", 4, 10),
        }],
        suggestions: vec![Suggestion {
            kind: "redis".to_owned(),
            evidence: "imports redis".to_owned(),
            place: Place::new("shop/cache.py", 1, 8),
            change: "redis_url: RedisDsn".to_owned(),
            version: None,
        }],
        settings,
        ..nothing(31)
    }
}

/// A class of the shop in a module; [`field`] adds its fields.
pub(crate) fn class(module: &str, qualname: &str, line: u32, fields: Vec<Setting>) -> SettingsClass {
    SettingsClass {
        module: module.to_owned(),
        qualname: qualname.to_owned(),
        file: format!("{}.py", module.replace('.', "/")),
        line,
        column: 7,
        kind: ClassKind::Settings,
        api: Api::V2,
        bases: vec!["pydantic_settings.BaseSettings".to_owned()],
        description: None,
        config: SettingsConfig { env_prefix_target: "variable".to_owned(), ..SettingsConfig::default() },
        custom_sources: false,
        sources: None,
        usage: takk_model::Usage::default(),
        test: false,
        fields,
    }
}

/// A field of a class in the module, read from its upper-case name.
pub(crate) fn field(module: &str, line: u32, name: &str, type_name: &str, default: Option<Value>) -> Setting {
    Setting {
        name: name.to_owned(),
        env: vec![name.to_uppercase()],
        nested: Vec::new(),
        type_name: type_name.to_owned(),
        annotation: takk_model::older_annotation(type_name),
        accepts: takk_model::ValueType::Str,
        required: default.is_none(),
        optional: type_name.contains("None"),
        secret: type_name.contains("Secret") || type_name.ends_with("Dsn"),
        default: default.map(DefaultValue::Value),
        refused_default: None,
        updates_default: false,
        updated_default: None,
        constraints: BTreeMap::new(),
        choices: Vec::new(),
        description: None,
        deprecated: false,
        resource: None,
        sqlalchemy: false,
        driver: None,
        service: None,
        template: Vec::new(),
        path: None,
        given: None,
        owner: ClassRef { module: module.to_owned(), qualname: "Settings".to_owned() },
        file: format!("{}.py", module.replace('.', "/")),
        line,
        column: 5,
    }
}

fn shared_settings() -> SettingsClass {
    let shop = |line, name, type_name, default| field("shop.settings", line, name, type_name, default);
    let service = |url, protocol: &str| ServiceUrlRef { name: "api".to_owned(), url, protocol: protocol.to_owned() };
    let mut fields = vec![
        shop(8, "database_url", "PostgresDsn", None),
        shop(9, "stripe_key", "SecretStr", None),
        shop(10, "admin_password", "SecretStr", Some(json!({ "secret": "changeme" }))),
        shop(12, "log_level", "Level", Some(json!({ "enum": "Level.INFO", "value": "info" }))),
        shop(13, "release", "str", None),
        shop(14, "sentry_dsn", "str | None", Some(Value::Null)),
        shop(15, "api_url", "AnyUrl", None),
        shop(16, "cache", "Cache", None),
        shop(17, "callback_url", "AnyUrl", None),
        shop(18, "report_url", "str", None),
    ];
    fields[0].resource = Some(ResourcePart { kind: "postgres".to_owned(), name: "default".to_owned(), part: "dsn".to_owned() });
    fields[0].env.push("PG_URL".to_owned());
    fields[0].sqlalchemy = true;
    fields[0].driver = Some(DriverAnswer {
        scheme: "postgresql+psycopg".to_owned(),
        driver: Some("psycopg".to_owned()),
        rule: DriverRule::Only,
        reason: "psycopg 3.2.3 is locked".to_owned(),
        package: Some("psycopg".to_owned()),
        package_version: Some("3.2.3".to_owned()),
        place: Some(Place::new("uv.lock", 212, 1)),
    });
    fields[0].description = Some("Where orders are kept.".to_owned());
    fields[1].description = Some("Stripe's secret key | live".to_owned());
    fields[3].choices = vec!["debug".to_owned(), "info".to_owned()];
    fields[4].required = false;
    fields[4].default = Some(DefaultValue::Computed("git_sha()".to_owned()));
    fields[6].service = Some(service(UrlKind::External, "https"));
    fields[7].nested = vec![leaf("host", "str", true, false), leaf("password", "SecretStr", false, true)];
    fields[8].template =
        vec![TemplatePart::Service(service(UrlKind::Internal, "http")), TemplatePart::Text("/hook".to_owned())];
    fields[9].template =
        vec![TemplatePart::Text("report+".to_owned()), TemplatePart::Resource(fields[0].resource.clone().expect("set above"))];
    let mut class = class("shop.settings", "Settings", 5, fields);
    class.description = Some("What every part of the shop needs.".to_owned());
    class.config.env_nested_delimiter = Some("__".to_owned());
    class
}

fn leaf(name: &str, type_name: &str, required: bool, secret: bool) -> NestedLeaf {
    NestedLeaf {
        path: vec!["cache".to_owned(), name.to_owned()],
        env: vec![format!("CACHE__{}", name.to_uppercase())],
        type_name: type_name.to_owned(),
        annotation: None,
        required,
        secret,
        given: None,
    }
}

/// Also reads `STRIPE_KEY`; only the worker has it.
fn mail_settings() -> SettingsClass {
    let mail = |line, name, type_name, default| field("shop.mail", line, name, type_name, default);
    let mut fields = vec![
        mail(6, "stripe_key", "SecretStr", None),
        mail(7, "smtp_host", "str", Some(json!("mail server.local"))),
        mail(8, "smtp_port", "int", Some(json!(25))),
        mail(9, "recipients", "list[str]", Some(json!(["a@example.org"]))),
    ];
    fields[2].deprecated = true;
    class("shop.mail", "MailSettings", 5, fields)
}

/// A vaultly model that no component lists.
fn vault() -> SettingsClass {
    let mut fields =
        vec![field("shop.vault", 4, "stage", "str", None), field("shop.vault", 5, "db_password", "str", Some(Value::Null))];
    fields[1].env = Vec::new();
    fields[1].secret = true;
    fields[1].path = Some(SecretPath {
        template: "/{stage}/db/password".to_owned(),
        variables: vec!["stage".to_owned()],
        version: Some("2".to_owned()),
        ttl: Some(60.0),
        cast: CastRule::Text,
    });
    SettingsClass { kind: ClassKind::SecretModel, ..class("shop.vault", "App", 3, fields) }
}

fn postgres(settings: &SettingsClass) -> Resource {
    Resource {
        kind: "postgres".to_owned(),
        name: "default".to_owned(),
        uses: vec![ResourceUse {
            part: "dsn".to_owned(),
            variable: "DATABASE_URL".to_owned(),
            class: settings.class_ref(),
            field: "database_url".to_owned(),
            place: settings.fields[0].place(),
        }],
        extensions: Vec::new(),
        version: Some(VersionAnswer {
            version: "17".to_owned(),
            reason: "psycopg 3.2.3 is locked and works with PostgreSQL 10 to 17".to_owned(),
            rule: "range".to_owned(),
            package: Some("psycopg".to_owned()),
            package_version: Some("3.2.3".to_owned()),
            place: Some(Place::new("uv.lock", 212, 1)),
        }),
        instance: None,
        place: settings.fields[0].place(),
    }
}

/// A component with only a name.
pub(crate) fn service(name: &str, component: &str, kind: ServiceKind, line: u32) -> Service {
    Service {
        name: name.to_owned(),
        component: component.to_owned(),
        kind,
        present: PerEnvironment::Same(true),
        port: None,
        external: false,
        domains: None,
        schedule: None,
        listens_to: None,
        image: None,
        settings: Vec::new(),
        variables: BTreeMap::new(),
        tags: Vec::new(),
        description: None,
        options: BTreeMap::new(),
        place: Place::new("project.py", line, 5),
    }
}

fn api() -> Service {
    Service {
        port: Some(PerEnvironment::Same(Some(8000))),
        external: true,
        ..service("api", "FastAPIApp", ServiceKind::NetworkApp, 12)
    }
}

fn cleanup() -> Service {
    Service {
        schedule: Some(PerEnvironment::Varies {
            default: Some("0 3 * * *".to_owned()),
            environments: BTreeMap::from([("prod".to_owned(), Some("0 * * * *".to_owned()))]),
        }),
        ..service("cleanup", "Job", ServiceKind::Cron, 20)
    }
}

fn worker() -> Service {
    Service {
        listens_to: Some("orders".to_owned()),
        settings: vec![ClassRef { module: "shop.mail".to_owned(), qualname: "MailSettings".to_owned() }],
        ..service("mail.worker", "Worker", ServiceKind::Worker, 16)
    }
}

fn findings() -> Vec<Finding> {
    let settings = |code, severity, message: &str, line, column, end| Finding {
        code: Code(code),
        severity,
        message: message.to_owned(),
        place: Some(Place::new("shop/settings.py", line, column)),
        end,
        help: None,
        also: Vec::new(),
    };
    vec![
        Finding {
            help: Some("did you mean `PostgresDsn`?".to_owned()),
            ..settings(1, Severity::Error, "pydantic has no `PostgresDns`", 8, 19, Some((8, 30)))
        },
        settings(2, Severity::Warning, "a DSN in a plain `str`", 14, 17, Some((14, 27))),
        settings(3, Severity::Warning, "a secret, 100% <in> the \"code\"", 10, 33, Some((10, 55))),
        Finding {
            code: Code(40),
            severity: Severity::Info,
            message: "redis is imported and not declared".to_owned(),
            place: None,
            end: None,
            help: Some("add `redis_url: RedisDsn` to a settings class".to_owned()),
            also: Vec::new(),
        },
    ]
}

/// Documentation of the first rules, as in the table of rules.
pub(crate) const RULES: &[RuleDoc] = &[
    RuleDoc {
        code: Code(1),
        name: "unknown-dsn",
        severity: Severity::Error,
        summary: "An annotation names a DSN type that pydantic does not have",
        documentation: "Pydantic's types end in `Dsn`:\n\n    url: PostgresDsn\n",
    },
    RuleDoc {
        code: Code(2),
        name: "plain-dsn",
        severity: Severity::Warning,
        summary: "A plain string is clearly a DSN",
        documentation: "Use the DSN type.",
    },
];

/// A platform without any stored values.
pub(crate) fn nothing_kept(home: &Home) -> Embedded<'_> {
    Embedded::nothing(home)
}
