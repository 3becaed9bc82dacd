//! Checks every table of the catalog for consistency, and against the first seed.

use std::collections::HashSet;

use super::*;
use takk_model::ServiceKind;

/// Every row of the first seed's tables, word for word.
const SEED: &str = "
PostgresHost | Annotated[str, ResourceTags.psql_host] |
PostgresName | Annotated[str, ResourceTags.psql_name] |
PostgresUsername | Annotated[str, ResourceTags.psql_username] |
PostgresPassword | Annotated[SecretStr, ResourceTags.psql_password] |
PostgresSsl | Annotated[str, ResourceTags.psql_ssl] |
DatabaseHost | Annotated[str, ResourceTags.database_host] |
DatabaseName | Annotated[str, ResourceTags.database_name] |
DatabaseUsername | Annotated[str, ResourceTags.database_username] |
DatabasePassword | Annotated[str, ResourceTags.database_password] |
DatabaseSsl | Annotated[str, ResourceTags.database_ssl] |
S3Endpoint | Annotated[AnyUrl, ResourceTags.s3_endpoint] |
S3AccessKey | Annotated[str, ResourceTags.s3_access_key] |
S3SecretKey | Annotated[SecretStr, ResourceTags.s3_secret_key] |
S3RegionName | Annotated[str, ResourceTags.s3_region_name] |
S3BucketName | Annotated[str, ResourceTags.s3_bucket_name] |
SqsEndpoint | Annotated[AnyUrl, ResourceTags.sqs_endpoint] |
SqsAccessKey | Annotated[str, ResourceTags.sqs_access_key] |
SqsSecretKey | Annotated[SecretStr, ResourceTags.sqs_secret_key] |
SqsRegionName | Annotated[str, ResourceTags.sqs_region_name] |
NatsCredsFile | Annotated[str, ResourceTags.nats_creds_file] |
KafkaBootstrapServers | Annotated[str, ResourceTags.kafka_bootstrap_servers] |
KafkaHost | Annotated[str, ResourceTags.kafka_host] |
KafkaPort | Annotated[int, ResourceTags.kafka_port] |
MlflowTrackingUri | Annotated[AnyUrl, ResourceTags.mlflow_tracking_uri] |
MlflowRegistryUri | Annotated[AnyUrl, ResourceTags.mlflow_registry_uri] |
ClickhouseHost | Annotated[str, ResourceTags.clickhouse_host] |
ClickhousePort | Annotated[int, ResourceTags.clickhouse_port] |
ClickhouseUsername | Annotated[str, ResourceTags.clickhouse_username] |
ClickhousePassword | Annotated[SecretStr, ResourceTags.clickhouse_password] |
ClickhouseDatabase | Annotated[str, ResourceTags.clickhouse_database] |
OpenSearchUrl | Annotated[AnyUrl, ResourceTags.opensearch_url] |
OpenSearchHost | Annotated[str, ResourceTags.opensearch_host] |
OpenSearchPort | Annotated[int, ResourceTags.opensearch_port] |
OpenSearchUser | Annotated[str, ResourceTags.opensearch_user] |
OpenSearchPassword | Annotated[SecretStr, ResourceTags.opensearch_password] |
SparkConnectUrl | Annotated[str, ResourceTags.spark_connect_url] |
SparkMasterUrl | Annotated[str, ResourceTags.spark_master_url] |
SparkUiUrl | Annotated[str, ResourceTags.spark_ui_url] |
LLMBaseAPI | Annotated[AnyUrl, ResourceTags.llm_base_api] |
LLMBaseUrl | Annotated[AnyUrl, ResourceTags.llm_base_url] |
LLMToken | Annotated[SecretStr, ResourceTags.llm_token] |
LokiPushEndpoint | Annotated[str, ResourceTags.loki_push_endpoint] |
LokiUser | Annotated[str, ResourceTags.loki_user] |
LokiToken | Annotated[SecretStr, ResourceTags.loki_token] |
MimirBaseUrl | Annotated[str, ResourceTags.mimir_base_url] |
MimirToken | Annotated[SecretStr, ResourceTags.mimir_token] |
SlackWebhookUrl | Annotated[str, ResourceTags.slack_webhook_url] |
DiscordWebhookUrl | Annotated[str, ResourceTags.discord_webhook_url] |
TeamsWebhookUrl | Annotated[str, ResourceTags.teams_webhook_url] |
";

fn duplicates<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut seen = HashSet::new();
    names.filter(|name| !seen.insert(*name)).collect()
}

#[test]
fn every_row_of_the_seed_is_a_shorthand() {
    let rows: Vec<_> = SEED.lines().filter(|row| !row.is_empty()).collect();
    assert_eq!(rows.len(), 49);
    for row in rows {
        let name = row.split(" | ").next().expect("a row begins with a name");
        let shorthand = catalog().shorthand(name).unwrap_or_else(|| panic!("{name} is no shorthand"));
        assert_eq!(row, format!("{name} | Annotated[{}, ResourceTags.{}] |", shorthand.type_name, shorthand.tag));
    }
}

#[test]
fn names_are_unique() {
    let all = catalog();
    assert!(duplicates(all.kinds().map(|kind| kind.name)).is_empty());
    assert!(duplicates(all.tags().map(|tag| tag.member)).is_empty());
    assert!(duplicates(all.tags().map(|tag| tag.value)).is_empty());
    assert!(duplicates(all.shorthands().map(|shorthand| shorthand.name)).is_empty());
    assert!(duplicates(all.dsn_types().map(|dsn| dsn.name)).is_empty());
    assert!(duplicates(all.kinds().flat_map(|kind| kind.schemes.iter().copied())).is_empty());
    let clients = || all.kinds().flat_map(|kind| kind.clients);
    assert!(duplicates(clients().map(|client| client.import)).is_empty());
    assert!(duplicates(clients().flat_map(|client| client.packages.iter().copied())).is_empty());
    assert!(duplicates(all.components().iter().map(|component| component.name)).is_empty());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the files that were built in are looked at")]
fn every_file_is_a_kind_and_they_are_sorted() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/kinds");
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .expect("the kinds are there")
        .map(|entry| entry.expect("a readable directory").file_name().into_string().expect("a plain name"))
        .collect();
    files.sort();
    let kinds: Vec<_> = catalog().kinds().map(|kind| format!("{}.toml", kind.name)).collect();
    assert_eq!(files, kinds);
}

#[test]
fn every_shorthand_names_a_tag() {
    for shorthand in catalog().shorthands() {
        let tag = catalog().tag(shorthand.tag).unwrap_or_else(|| panic!("{} names no tag", shorthand.name));
        assert!(tag.kind == shorthand.kind || tag.kind_from_type, "{} stands with another kind", shorthand.name);
        if shorthand.type_name.contains("SecretStr") {
            assert!(tag.secret, "{} is a secret by type, its tag is none", shorthand.name);
        }
    }
}

#[test]
fn a_tag_whose_value_is_a_type_is_that_type_of_its_kind() {
    for tag in catalog().tags().filter(|tag| tag.value != tag.member) {
        let (kind, _) = catalog().dsn_type(tag.value).unwrap_or_else(|| panic!("{} is no type", tag.value));
        assert_eq!((kind.name, tag.part, tag.secret), (tag.kind, DsnType::PART, true));
    }
}

#[test]
fn every_kind_can_be_found_declared_and_provided() {
    for kind in catalog().kinds() {
        let provided = kind.managed_as.unwrap_or(kind.name);
        assert_eq!(catalog().kind(provided).map(|found| found.name), Some(provided));
        assert!(!kind.tags.is_empty() || !kind.dsn_types.is_empty(), "{}: no field can mean it", kind.name);
        let (_, type_name) = kind.field.split_once(": ").unwrap_or_else(|| panic!("{}: no annotation", kind.name));
        let tag = type_name.strip_prefix("Annotated[str, ResourceTags.").and_then(|rest| rest.strip_suffix(']'));
        let declared = tag
            .and_then(|member| catalog().tag(member).map(|tag| tag.kind))
            .or_else(|| catalog().shorthand(type_name).map(|shorthand| shorthand.kind))
            .or_else(|| catalog().dsn_type(type_name).map(|(kind, _)| kind.name));
        assert_eq!(declared, Some(kind.name), "{} does not declare it", kind.field);
    }
}

#[test]
fn plain_schemes_are_schemes_of_the_type_of_the_kind() {
    for kind in catalog().kinds().filter(|kind| !kind.dsn_types.is_empty()) {
        for scheme in kind.schemes {
            assert!(kind.dsn_types.iter().any(|dsn| dsn.schemes.contains(scheme)), "{}: {scheme}", kind.name);
        }
    }
}

#[test]
fn drivers_are_of_a_dialect_that_the_type_allows() {
    for kind in catalog().kinds() {
        assert_eq!(kind.dialect.is_none(), kind.drivers.is_empty(), "{}", kind.name);
        assert!(duplicates(kind.drivers.iter().map(|driver| driver.name)).is_empty());
        for driver in kind.drivers {
            let scheme = format!("{}+{}", kind.dialect.expect("checked above"), driver.name);
            assert!(kind.dsn_types.iter().any(|dsn| dsn.schemes.contains(&scheme.as_str())), "{scheme}");
            assert!(!driver.engines.is_empty(), "{scheme} works with no engine");
            for package in driver.packages {
                assert!(catalog().client_package(package).is_some(), "{package} is no client");
            }
        }
    }
}

#[test]
fn a_scheme_leads_to_its_kind() {
    let kind = |scheme| catalog().scheme(scheme).map(|kind| kind.name);
    assert_eq!(kind("postgresql+asyncpg"), Some("postgres"));
    assert_eq!(kind("POSTGRES"), Some("postgres"));
    assert_eq!(kind("mongodb+srv"), Some("mongo"));
    assert_eq!(kind("rediss"), Some("redis"));
    assert_eq!(kind("https"), None);
    assert_eq!(kind("ws"), None, "NatsDsn allows it, and it says nothing");
}

#[test]
fn an_import_leads_to_its_client() {
    let client = |module| catalog().client_import(module).map(|(kind, client)| (kind.name, client.packages[0]));
    assert_eq!(client("psycopg.rows"), Some(("postgres", "psycopg")));
    assert_eq!(client("MySQLdb"), Some(("mysql", "mysqlclient")));
    assert_eq!(client("snowflake.connector.cursor"), Some(("snowflake", "snowflake-connector-python")));
    assert_eq!(client("snowflake"), None);
    assert_eq!(client("redis_like"), None);
    assert_eq!(catalog().client_package("opensearch-py").map(|(kind, _)| kind.name), Some("opensearch"));
    assert_eq!(catalog().client_package("psycopg2-binary").map(|(_, client)| client.import), Some("psycopg2"));
}

#[test]
fn tags_are_found_by_member_and_by_value() {
    let tag = catalog().tag("psql_dsn").expect("a tag of the seed");
    assert_eq!((tag.kind, tag.value, tag.part, tag.secret), ("postgres", "PostgresDsn", "dsn", true));
    assert_eq!(catalog().tag_by_value("PostgresDsn").map(|tag| tag.member), Some("psql_dsn"));
    assert!(catalog().tag("PostgresDsn").is_none());
    assert!(catalog().tag("s3_access_key").is_some_and(|tag| !tag.secret));
    assert!(catalog().dsn_type("PostgresDns").is_none());
}

#[test]
fn components_refer_to_what_is_there() {
    for component in catalog().components() {
        for class in component.default_settings.iter().chain(component.adds_settings) {
            assert!(stub_source().contains(&format!("\nclass {class}(")), "{}: no class {class}", component.name);
        }
        if let Some(instance) = &component.instance {
            assert!(catalog().kind(instance.kind).is_some(), "{}: no kind {}", component.name, instance.kind);
            assert!(instance.version.is_none_or(|version| instance.allows(version)), "{}", component.name);
            assert!(component.parameters(Role::Version).next().is_some(), "{}: no version parameter", component.name);
        }
        if let Some(whole) = component.part_of {
            assert!(catalog().component(whole).is_some(), "{}: part of no {whole}", component.name);
        }
    }
}

#[test]
fn every_role_is_a_parameter_of_some_component() {
    for role in Role::ALL {
        for name in role.parameters() {
            let has = |component: &Component| component.positional.contains(name) || component.keywords.contains(name);
            assert!(catalog().components().iter().any(has), "{role:?}: no component has {name}");
        }
    }
}

#[test]
fn parameters_carry_their_roles() {
    let parameters = |name: &str, role| {
        let component = catalog().component(name).expect("a component");
        component.parameters(role).collect::<Vec<_>>()
    };
    assert_eq!(parameters("FastAPIApp", Role::Domains), ["domain_names"]);
    assert_eq!(parameters("NetworkApp", Role::Image), ["docker_image", "docker_build"]);
    assert_eq!(parameters("Subscriber", Role::Image), ["image"]);
    assert_eq!(parameters("Project", Role::Settings), ["shared_settings", "shared_secrets"]);
    assert_eq!(parameters("PostgresInstance", Role::Settings), Vec::<&str>::new());
    assert_eq!(parameters("Worker", Role::ListensTo), ["name"]);
    assert_eq!(parameters("Job", Role::Schedule), ["cron_schedule"]);
    assert_eq!(parameters("StreamlitApp", Role::Port), Vec::<&str>::new());
}

#[test]
fn a_job_with_a_schedule_is_a_cron_job() {
    let kind = |name: &str, scheduled| catalog().component(name).expect("a component").service_kind(scheduled);
    assert_eq!(kind("Job", true), Some(ServiceKind::Cron));
    assert_eq!(kind("Job", false), Some(ServiceKind::Job));
    assert_eq!(kind("FastAPIApp", false), Some(ServiceKind::NetworkApp));
    assert_eq!(kind("PostgresInstance", false), None);
}

#[test]
fn providers_are_told_apart() {
    let all = || catalog().providers();
    assert!(duplicates(all().map(|provider| provider.name)).is_empty());
    assert!(duplicates(all().flat_map(|provider| provider.variables.iter().copied())).is_empty());
    assert!(duplicates(all().flat_map(|provider| provider.base_variables.iter().copied())).is_empty());
    let prefixes: Vec<&str> = all().flat_map(|provider| provider.prefixes.iter().copied()).collect();
    for (at, prefix) in prefixes.iter().enumerate() {
        assert!(prefixes.iter().enumerate().all(|(other, text)| at == other || !text.starts_with(prefix)), "{prefix}");
    }
    for provider in all() {
        let name = provider.name;
        assert!(provider.probe.is_some() || provider.test_message.is_some(), "{name} cannot be proved");
        assert!(provider.base.is_none_or(|base| base.starts_with("https://") && !base.ends_with('/')), "{name}");
        assert_eq!(provider.test_message.is_some(), provider.is_webhook(), "{name}: only webhooks get messages");
        for probe in [&provider.probe, &provider.test_message].into_iter().flatten() {
            assert!(probe.proof.is_some() || !probe.texts.is_empty(), "{name}: any response would be a success");
            let sends_key = probe.headers.iter().any(|header| header.contains("{key}"));
            assert_eq!(sends_key, !provider.is_webhook(), "{name}: a key is in a header, a webhook in the URL");
        }
    }
}

#[test]
fn a_provider_is_known_by_the_name_of_a_variable() {
    fn of(variable: &str) -> Option<(&str, &str)> {
        catalog().provider_of(variable).map(|(provider, prefix)| (provider.name, prefix))
    }
    assert_eq!(of("OPENAI_API_KEY"), Some(("OpenAI", "")));
    assert_eq!(of("APP_OPENAI_API_KEY"), Some(("OpenAI", "APP_")));
    assert_eq!(of("app_anthropic_api_key"), Some(("Anthropic", "app_")));
    assert_eq!(of("AZURE_OPENAI_API_KEY"), Some(("Azure OpenAI", "")));
    assert_eq!(of("XOPENAI_API_KEY"), None);
    assert_eq!(of("API_KEY"), None);
    assert_eq!(of("ÖOPENAI_API_KEY"), None);
}

#[test]
fn a_webhook_has_a_host_of_its_provider() {
    let is_known = |host: &str| catalog().providers().any(|provider| provider.has_host(host));
    assert!(is_known("hooks.slack.com") && is_known("contoso.webhook.office.com"));
    for other in
        ["hooks.slack.com.evil.example", "evilhooks.slack.com", ".webhook.office.com", "webhook.office.com", "slack.com", ""]
    {
        assert!(!is_known(other), "{other}");
    }
}
