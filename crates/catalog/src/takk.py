# The settings classes that takk 0.1.40 ships ready-made, as the program would import them. Read as source, never run; the
# imports, the enums and the shorthand types that come before this text are made from the kinds of the catalog.

OpaqueSecret = SecretTypes.opaque

Environments = Literal["dev", "test", "prod", "qa"]

TakkChatModels = Literal["qwen3-235b-a22b-instruct-2507", "gpt-oss-120b", "mistral-small-3.2-24b-instruct-2506", "devstral-2-123b-instruct-2512", "holo2-30b-a3b", "llama-3.3-70b-instruct", "qwen3-coder-30b-a3b-instruct", "pixtral-12b-2409", "voxtral-small-24b-2507", "gemma-3-27b-it"]
TakkLlmModels = TakkChatModels
TakkEmbeddingModels = Literal["qwen3-embedding-8b", "bge-multilingual-gemma2"]
TakkVisionModels = Literal["mistral-small-3.2-24b-instruct-2506", "holo2-30b-a3b", "pixtral-12b-2409", "gemma-3-27b-it"]
TakkAudioTranscriptionModels = Literal["voxtral-small-24b-2507", "whisper-large-v3"]


class TakkEnvironment(BaseSettings):
    takk_env: Environments | str = Field(default="dev")


class NatsConfig(BaseSettings):
    nats_url: NatsDsn
    nats_credentials: NatsCredsFile | None = Field(default=None)


class SqsConfig(BaseSettings):
    sqs_endpoint: SqsEndpoint
    sqs_access_key: SqsAccessKey
    sqs_secret_key: SqsSecretKey
    sqs_region_name: SqsRegionName


class SqsQueueSettings(BaseModel):
    wait_time_seconds: int = Field(default=10)
    max_message_size_kbs: int = Field(default=258)
    max_number_of_messages: int = Field(default=1)
    visibility_timeout_seconds: int = Field(default=30)
    message_retention_period_seconds: int = Field(default=60)


class UnleashConfig(BaseSettings):
    database_host: DatabaseHost
    database_name: DatabaseName
    database_password: DatabasePassword
    database_username: DatabaseUsername
    database_ssl: DatabaseSsl


class ObjectStorageConfig(BaseSettings):
    object_storage_access_key: S3AccessKey
    object_storage_secret_key: S3SecretKey
    object_storage_region: S3RegionName


class S3StorageConfig(BaseSettings):
    s3_access_key: S3AccessKey
    s3_secret_key: S3SecretKey
    s3_region: S3RegionName
    s3_endpoint: Annotated[AnyUrl | None, ResourceTags.s3_endpoint] = None
    s3_bucket: Annotated[str | None, ResourceTags.s3_bucket_name] = None


class MlflowConfig(BaseSettings):
    mlflow_tracking_uri: MlflowTrackingUri
    mlflow_registry_uri: MlflowRegistryUri


# The types of the next two classes are written out: None is allowed here, while the shorthands of the same tags, as the seed has
# them, do not allow it.
class LokiLoggerConfig(BaseSettings):
    loki_push_endpoint: LokiPushEndpoint
    loki_user: Annotated[str | None, ResourceTags.loki_user] = Field(default=None)
    loki_token: Annotated[SecretStr | None, ResourceTags.loki_token] = Field(default=None)
    loki_logger_version: int = Field(default=1)


class MimirConfiguration(BaseSettings):
    mimir_base_url: MimirBaseUrl
    mimir_token: Annotated[SecretStr | None, ResourceTags.mimir_token] = Field(default=None)


class SlackWebhook(BaseSettings):
    slack_webhook_url: SlackWebhookUrl


class TeamsWebhook(BaseSettings):
    teams_webhook_url: TeamsWebhookUrl


class DiscordWebhook(BaseSettings):
    discord_webhook_url: DiscordWebhookUrl
