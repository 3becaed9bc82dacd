"""What the platform provides, in takk's own words."""

from pydantic import NatsDsn
from pydantic_settings import BaseSettings
from takk.secrets import (
    LokiPushEndpoint,
    LokiToken,
    LokiUser,
    MlflowConfig,
    NatsCredsFile,
    S3AccessKey,
    S3BucketName,
    S3Endpoint,
    S3RegionName,
    S3SecretKey,
)


class InfraSettings(BaseSettings):
    """The bucket of receipts, the message broker and the place for logs."""

    s3_endpoint: S3Endpoint
    s3_access_key: S3AccessKey
    s3_secret_key: S3SecretKey
    s3_region: S3RegionName = "eu-north-1"
    s3_bucket: S3BucketName

    nats_url: NatsDsn
    nats_creds: NatsCredsFile | None = None

    loki_push_endpoint: LokiPushEndpoint | None = None
    loki_user: LokiUser | None = None
    loki_token: LokiToken | None = None


class TrackingSettings(MlflowConfig):
    """Where the nightly report leaves its figures; the addresses come from takk's own class."""

    experiment: str = "nightly-report"
