"""Tags: which resource a field's value belongs to."""

from enum import Enum

from takk._lazy import public


class Tags:
    """Tags of components that mean something to takk."""

    supporting_infra = "supporting_infra"


class SecretTypes(str, Enum):
    """Marks a plain string as a secret: `Annotated[str, SecretTypes.opaque]`."""

    opaque = "opaque"
    database_credentials = "database_credentials"


OpaqueSecret = SecretTypes.opaque
"""Marks a plain string as a secret: `Annotated[str, OpaqueSecret]`."""


class ResourceTags(str, Enum):
    """Which part of which resource a field is: `Annotated[str, ResourceTags.psql_host]`.

    A tag alone means the default resource of its kind; `ResourceRef` gives the resource a name.
    """

    mysql_dsn = "MySQLDsn"
    mysql_username = "mysql_username"
    mysql_password = "mysql_password"
    mysql_host = "mysql_host"
    mysql_port = "mysql_port"
    mysql_db = "mysql_db"
    sqlalchemy_uri = "sqlalchemy_uri"
    redis_dsn = "RedisDsn"
    redis_username = "redis_username"
    redis_password = "redis_password"
    redis_host = "redis_host"
    redis_port = "redis_port"
    mongo_dsn = "MongoDsn"
    mongo_host = "mongo_host"
    mongo_password = "mongo_password"
    mongo_username = "mongo_username"
    mongo_port = "mongo_port"
    mongo_ssl = "mongo_ssl"
    psql_dsn = "PostgresDsn"
    psql_host = "psql_host"
    psql_name = "psql_name"
    psql_password = "psql_password"
    psql_username = "psql_username"
    psql_ssl = "psql_ssl"
    psql_port = "psql_port"
    sqs_endpoint = "sqs_endpoint"
    sqs_access_key = "sqs_access_key"
    sqs_secret_key = "sqs_secret_key"
    sqs_region_name = "sqs_region_name"
    s3_endpoint = "s3_endpoint"
    s3_access_key = "s3_access_key"
    s3_secret_key = "s3_secret_key"
    s3_region_name = "s3_region_name"
    s3_bucket_name = "s3_bucket_name"
    mlflow_tracking_uri = "mlflow_tracking_uri"
    mlflow_registry_uri = "mlflow_registry_uri"
    nats_dsn = "NatsDsn"
    nats_creds_file = "nats_creds_file"
    nats_host = "nats_host"
    nats_port = "nats_port"
    loki_push_endpoint = "loki_push_endpoint"
    loki_base_url = "loki_base_url"
    loki_user = "loki_user"
    loki_token = "loki_token"
    mimir_base_url = "mimir_base_url"
    mimir_token = "mimir_token"
    prometheus_base_url = "prometheus_base_url"
    slack_webhook_url = "slack_webhook_url"
    discord_webhook_url = "discord_webhook_url"
    teams_webhook_url = "teams_webhook_url"
    database_host = "database_host"
    database_name = "database_name"
    database_password = "database_password"
    database_username = "database_username"
    database_ssl = "database_ssl"
    database_port = "database_port"
    opensearch_url = "opensearch_url"
    opensearch_host = "opensearch_host"
    opensearch_port = "opensearch_port"
    opensearch_user = "opensearch_user"
    opensearch_password = "opensearch_password"
    otel_gateway_base_url = "otel_gateway_base_url"
    otel_gateway_trace_endpoint = "otel_gateway_trace_endpoint"
    kafka_dsn = "KafkaDsn"
    kafka_host = "kafka_host"
    kafka_port = "kafka_port"
    kafka_bootstrap_servers = "kafka_bootstrap_servers"
    clickhouse_dsn = "ClickHouseDsn"
    clickhouse_host = "clickhouse_host"
    clickhouse_port = "clickhouse_port"
    clickhouse_username = "clickhouse_username"
    clickhouse_password = "clickhouse_password"
    clickhouse_database = "clickhouse_database"
    spark_connect_url = "spark_connect_url"
    spark_master_url = "spark_master_url"
    spark_ui_url = "spark_ui_url"
    llm_base_api = "llm_base_api"
    llm_base_url = "llm_base_url"
    llm_token = "llm_token"
    environment = "environment"

    @staticmethod
    def is_tag(tag: str) -> bool:
        """Whether this is the value of a tag."""
        return tag in ResourceTags._value2member_map_


public(globals(), "takk.secrets")
