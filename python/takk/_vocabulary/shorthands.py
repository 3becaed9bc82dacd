"""Shorthands: field types that say which part of which resource the value is."""

from typing import Annotated

from pydantic import AnyUrl, MySQLDsn, PostgresDsn, SecretStr

from takk._vocabulary.tags import OpaqueSecret, ResourceTags

OpenSearchUrl = Annotated[AnyUrl, ResourceTags.opensearch_url]
"""The URL of OpenSearch."""
OpenSearchHost = Annotated[str, ResourceTags.opensearch_host]
"""The host of OpenSearch."""
OpenSearchPort = Annotated[int, ResourceTags.opensearch_port]
"""The port of OpenSearch."""
OpenSearchUser = Annotated[str, ResourceTags.opensearch_user]
"""The user of OpenSearch."""
OpenSearchPassword = Annotated[SecretStr, ResourceTags.opensearch_password]
"""The password of OpenSearch."""

KafkaBootstrapServers = Annotated[str, ResourceTags.kafka_bootstrap_servers]
"""The addresses of Kafka's brokers, separated by commas."""
KafkaHost = Annotated[str, ResourceTags.kafka_host]
"""The host of Kafka."""
KafkaPort = Annotated[int, ResourceTags.kafka_port]
"""The port of Kafka."""

ClickhouseHost = Annotated[str, ResourceTags.clickhouse_host]
"""The host of ClickHouse."""
ClickhousePort = Annotated[int, ResourceTags.clickhouse_port]
"""The port of ClickHouse."""
ClickhouseUsername = Annotated[str, ResourceTags.clickhouse_username]
"""The user of ClickHouse."""
ClickhousePassword = Annotated[SecretStr, ResourceTags.clickhouse_password]
"""The password of ClickHouse."""
ClickhouseDatabase = Annotated[str, ResourceTags.clickhouse_database]
"""The database in ClickHouse."""

SparkConnectUrl = Annotated[str, ResourceTags.spark_connect_url]
"""The URL of Spark Connect."""
SparkMasterUrl = Annotated[str, ResourceTags.spark_master_url]
"""The URL of Spark's master."""
SparkUiUrl = Annotated[str, ResourceTags.spark_ui_url]
"""The URL of Spark's web interface."""

SqsEndpoint = Annotated[AnyUrl, ResourceTags.sqs_endpoint]
"""The URL of the message queue."""
SqsAccessKey = Annotated[str, ResourceTags.sqs_access_key]
"""The access key of the message queue."""
SqsSecretKey = Annotated[SecretStr, ResourceTags.sqs_secret_key]
"""The secret key of the message queue."""
SqsRegionName = Annotated[str, ResourceTags.sqs_region_name]
"""The region of the message queue."""

S3Endpoint = Annotated[AnyUrl, ResourceTags.s3_endpoint]
"""The URL of the object storage."""
S3AccessKey = Annotated[str, ResourceTags.s3_access_key]
"""The access key of the object storage."""
S3SecretKey = Annotated[SecretStr, ResourceTags.s3_secret_key]
"""The secret key of the object storage."""
S3RegionName = Annotated[str, ResourceTags.s3_region_name]
"""The region of the object storage."""
S3BucketName = Annotated[str, ResourceTags.s3_bucket_name]
"""A bucket of the object storage."""

MlflowTrackingUri = Annotated[AnyUrl, ResourceTags.mlflow_tracking_uri]
"""The URL where MLflow stores runs."""
MlflowRegistryUri = Annotated[AnyUrl, ResourceTags.mlflow_registry_uri]
"""The URL where MLflow stores models."""

NatsCredsFile = Annotated[str, ResourceTags.nats_creds_file, OpaqueSecret]
"""The credentials of NATS: the text of a `.creds` file."""
NatsHost = Annotated[str, ResourceTags.nats_host]
"""The host of NATS."""
NatsPort = Annotated[str, ResourceTags.nats_port]
"""The port of NATS, as text."""

LokiPushEndpoint = Annotated[str, ResourceTags.loki_push_endpoint]
"""The URL to push logs to Loki."""
LokiUser = Annotated[str | None, ResourceTags.loki_user]
"""The user of Loki; a Loki without a login needs none."""
LokiToken = Annotated[SecretStr | None, ResourceTags.loki_token]
"""The token of Loki; a Loki without a login needs none."""
MimirBaseUrl = Annotated[str, ResourceTags.mimir_base_url]
"""The URL of Mimir, which stores metrics."""
MimirToken = Annotated[SecretStr | None, ResourceTags.mimir_token]
"""The token of Mimir; a Mimir without a login needs none."""

SlackWebhookUrl = Annotated[str, ResourceTags.slack_webhook_url]
"""The webhook of a Slack channel."""
DiscordWebhookUrl = Annotated[str, ResourceTags.discord_webhook_url]
"""The webhook of a Discord channel."""
TeamsWebhookUrl = Annotated[str, ResourceTags.teams_webhook_url]
"""The webhook of a Teams channel."""

DatabaseHost = Annotated[str, ResourceTags.database_host]
"""The host of the database, a managed PostgreSQL."""
DatabaseName = Annotated[str, ResourceTags.database_name]
"""The name of the database, a managed PostgreSQL."""
DatabaseUsername = Annotated[str, ResourceTags.database_username]
"""The user of the database, a managed PostgreSQL."""
DatabasePassword = Annotated[str, ResourceTags.database_password]
"""The password of the database, a managed PostgreSQL."""
DatabaseSsl = Annotated[str, ResourceTags.database_ssl]
"""Whether connections to the database, a managed PostgreSQL, use TLS."""

PostgresHost = Annotated[str, ResourceTags.psql_host]
"""The host of PostgreSQL."""
PostgresPort = Annotated[str, ResourceTags.psql_port]
"""The port of PostgreSQL, as text."""
PostgresName = Annotated[str, ResourceTags.psql_name]
"""The database in PostgreSQL."""
PostgresUsername = Annotated[str, ResourceTags.psql_username]
"""The user of PostgreSQL."""
PostgresPassword = Annotated[SecretStr, ResourceTags.psql_password]
"""The password of PostgreSQL."""
PostgresSsl = Annotated[str, ResourceTags.psql_ssl]
"""PostgreSQL's `sslmode`."""
SqlalchemyPostgresDsn = Annotated[PostgresDsn, ResourceTags.sqlalchemy_uri]
"""The URL of PostgreSQL for SQLAlchemy, with the driver that the project has installed."""
SqlalchemyMySQLDsn = Annotated[MySQLDsn, ResourceTags.sqlalchemy_uri]
"""The URL of MySQL for SQLAlchemy, with the driver that the project has installed."""

LLMBaseAPI = Annotated[AnyUrl, ResourceTags.llm_base_api]
"""The URL of a language model's API, including the version as OpenAI's clients expect it."""
LLMBaseUrl = Annotated[AnyUrl, ResourceTags.llm_base_url]
"""The URL of a language model's API without a version, as Anthropic's clients expect it."""
LLMToken = Annotated[SecretStr, ResourceTags.llm_token]
"""The key of a language model's API."""
AiBaseAPI = Annotated[AnyUrl, ResourceTags.llm_base_api]
"""Another name of `LLMBaseAPI`."""
AiBaseUrl = Annotated[AnyUrl, ResourceTags.llm_base_url]
"""Another name of `LLMBaseUrl`."""
AiToken = Annotated[SecretStr, ResourceTags.llm_token]
"""Another name of `LLMToken`."""
