"""Ready-made settings classes: list one in `settings=[...]` or derive from it."""

import logging
from typing import TYPE_CHECKING, Annotated

from pydantic import AnyUrl, BaseModel, NatsDsn
from pydantic_settings import BaseSettings

from takk._lazy import public
from takk._vocabulary import shorthands as types
from takk._vocabulary.literals import Environments
from takk._vocabulary.tags import ResourceTags

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


class TakkEnvironment(BaseSettings):
    """The environment that the program runs in."""

    takk_env: Environments | str = "dev"


class NatsConfig(BaseSettings):
    """The message broker NATS. `PubSub` uses it by default."""

    nats_url: NatsDsn
    nats_credentials: types.NatsCredsFile | None = None


class SqsConfig(BaseSettings):
    """The message queue. `Worker` uses it by default."""

    sqs_endpoint: types.SqsEndpoint
    sqs_access_key: types.SqsAccessKey
    sqs_secret_key: types.SqsSecretKey
    sqs_region_name: types.SqsRegionName


class SqsQueueSettings(BaseModel):
    """How a worker's queue keeps and delivers messages. Times are in seconds."""

    wait_time_seconds: int = 10
    max_message_size_kbs: int = 258
    max_number_of_messages: int = 1
    visibility_timeout_seconds: int = 30
    message_retention_period_seconds: int = 60

    def attributes(self) -> dict[str, str]:
        """The attributes for SQS's `CreateQueue`."""
        return {
            "VisibilityTimeout": str(self.visibility_timeout_seconds),
            "MessageRetentionPeriod": str(self.message_retention_period_seconds),
            "MaximumMessageSize": str(self.max_message_size_kbs * 8),
            "ReceiveMessageWaitTimeSeconds": str(self.wait_time_seconds),
        }


class UnleashConfig(BaseSettings):
    """The database of a feature toggle server. `UnleashServer` reads it."""

    database_host: types.DatabaseHost
    database_name: types.DatabaseName
    database_password: types.DatabasePassword
    database_username: types.DatabaseUsername
    database_ssl: types.DatabaseSsl


class ObjectStorageConfig(BaseSettings):
    """The keys of the object storage. `MlflowServer` reads it."""

    object_storage_access_key: types.S3AccessKey
    object_storage_secret_key: types.S3SecretKey
    object_storage_region: types.S3RegionName


class S3StorageConfig(BaseSettings):
    """The object storage, with its URL and a bucket if the project has them."""

    s3_access_key: types.S3AccessKey
    s3_secret_key: types.S3SecretKey
    s3_region: types.S3RegionName
    s3_endpoint: Annotated[AnyUrl | None, ResourceTags.s3_endpoint] = None
    s3_bucket: Annotated[str | None, ResourceTags.s3_bucket_name] = None


class MlflowConfig(BaseSettings):
    """Where MLflow stores runs and models."""

    mlflow_tracking_uri: types.MlflowTrackingUri
    mlflow_registry_uri: types.MlflowRegistryUri


class LokiLoggerConfig(BaseSettings):
    """Where logs are sent."""

    loki_push_endpoint: types.LokiPushEndpoint
    loki_user: types.LokiUser = None
    loki_token: types.LokiToken = None
    loki_logger_version: int = 1

    def setup_logger(self, *, logger: logging.Logger | None = None, tags: dict[str, str] | None = None) -> None:
        """Sends the records of this logger, by default the root logger, to Loki with these tags. Needs `python-logging-loki`."""
        from logging_loki import LokiHandler

        auth = (self.loki_user, self.loki_token.get_secret_value()) if self.loki_user and self.loki_token else None
        handler = LokiHandler(
            url=self.loki_push_endpoint, tags=tags or {}, auth=auth, version=str(self.loki_logger_version)
        )
        (logger or logging.getLogger()).addHandler(handler)


class MimirConfiguration(BaseSettings):
    """Where metrics are sent."""

    mimir_base_url: types.MimirBaseUrl
    mimir_token: types.MimirToken = None

    def push_metrics(self, registry: "CollectorRegistry", job: str) -> None:
        """Pushes the metrics of this registry under the name of a job. Needs `prometheus-client`."""
        from prometheus_client import push_to_gateway

        push_to_gateway(self.mimir_base_url, job=job, registry=registry)


class SlackWebhook(BaseSettings):
    """The webhook of a Slack channel."""

    slack_webhook_url: types.SlackWebhookUrl


class TeamsWebhook(BaseSettings):
    """The webhook of a Teams channel."""

    teams_webhook_url: types.TeamsWebhookUrl


class DiscordWebhook(BaseSettings):
    """The webhook of a Discord channel."""

    discord_webhook_url: types.DiscordWebhookUrl


public(globals(), "takk.secrets")
TakkEnvironment.__module__ = "takk.models"
