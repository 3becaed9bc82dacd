"""Field types that say which part of which resource the value is, and ready-made settings classes."""

from takk._lazy import lazy as _lazy

TYPE_CHECKING = False  # Type checkers take it for the one of `typing`, which is slow to import.
if TYPE_CHECKING:
    from takk._vocabulary.configs import (
        DiscordWebhook as DiscordWebhook,
        LokiLoggerConfig as LokiLoggerConfig,
        MimirConfiguration as MimirConfiguration,
        MlflowConfig as MlflowConfig,
        NatsConfig as NatsConfig,
        ObjectStorageConfig as ObjectStorageConfig,
        S3StorageConfig as S3StorageConfig,
        SlackWebhook as SlackWebhook,
        SqsConfig as SqsConfig,
        SqsQueueSettings as SqsQueueSettings,
        TeamsWebhook as TeamsWebhook,
        UnleashConfig as UnleashConfig,
    )
    from takk._vocabulary.filling import (
        env_value_for as env_value_for,
        load_settings as load_settings,
        read_secret as read_secret,
        settings_for_resources as settings_for_resources,
    )
    from takk._vocabulary.literals import (
        Environments as Environments,
        TakkAudioTranscriptionModels as TakkAudioTranscriptionModels,
        TakkChatModels as TakkChatModels,
        TakkEmbeddingModels as TakkEmbeddingModels,
        TakkLlmModels as TakkLlmModels,
        TakkVisionModels as TakkVisionModels,
    )
    from takk._vocabulary.references import (
        ResourceRef as ResourceRef,
        SecretRef as SecretRef,
        ServiceUrl as ServiceUrl,
        Template as Template,
    )
    from takk._vocabulary.shorthands import (
        AiBaseAPI as AiBaseAPI,
        AiBaseUrl as AiBaseUrl,
        AiToken as AiToken,
        ClickhouseDatabase as ClickhouseDatabase,
        ClickhouseHost as ClickhouseHost,
        ClickhousePassword as ClickhousePassword,
        ClickhousePort as ClickhousePort,
        ClickhouseUsername as ClickhouseUsername,
        DatabaseHost as DatabaseHost,
        DatabaseName as DatabaseName,
        DatabasePassword as DatabasePassword,
        DatabaseSsl as DatabaseSsl,
        DatabaseUsername as DatabaseUsername,
        DiscordWebhookUrl as DiscordWebhookUrl,
        KafkaBootstrapServers as KafkaBootstrapServers,
        KafkaHost as KafkaHost,
        KafkaPort as KafkaPort,
        LLMBaseAPI as LLMBaseAPI,
        LLMBaseUrl as LLMBaseUrl,
        LLMToken as LLMToken,
        LokiPushEndpoint as LokiPushEndpoint,
        LokiToken as LokiToken,
        LokiUser as LokiUser,
        MimirBaseUrl as MimirBaseUrl,
        MimirToken as MimirToken,
        MlflowRegistryUri as MlflowRegistryUri,
        MlflowTrackingUri as MlflowTrackingUri,
        NatsCredsFile as NatsCredsFile,
        NatsHost as NatsHost,
        NatsPort as NatsPort,
        OpenSearchHost as OpenSearchHost,
        OpenSearchPassword as OpenSearchPassword,
        OpenSearchPort as OpenSearchPort,
        OpenSearchUrl as OpenSearchUrl,
        OpenSearchUser as OpenSearchUser,
        PostgresHost as PostgresHost,
        PostgresName as PostgresName,
        PostgresPassword as PostgresPassword,
        PostgresPort as PostgresPort,
        PostgresSsl as PostgresSsl,
        PostgresUsername as PostgresUsername,
        S3AccessKey as S3AccessKey,
        S3BucketName as S3BucketName,
        S3Endpoint as S3Endpoint,
        S3RegionName as S3RegionName,
        S3SecretKey as S3SecretKey,
        SlackWebhookUrl as SlackWebhookUrl,
        SparkConnectUrl as SparkConnectUrl,
        SparkMasterUrl as SparkMasterUrl,
        SparkUiUrl as SparkUiUrl,
        SqlalchemyMySQLDsn as SqlalchemyMySQLDsn,
        SqlalchemyPostgresDsn as SqlalchemyPostgresDsn,
        SqsAccessKey as SqsAccessKey,
        SqsEndpoint as SqsEndpoint,
        SqsRegionName as SqsRegionName,
        SqsSecretKey as SqsSecretKey,
        TeamsWebhookUrl as TeamsWebhookUrl,
    )
    from takk._vocabulary.tags import (
        OpaqueSecret as OpaqueSecret,
        ResourceTags as ResourceTags,
        SecretTypes as SecretTypes,
        Tags as Tags,
    )

__getattr__, __dir__ = _lazy(
    __name__,
    {
        "configs": (
            "DiscordWebhook LokiLoggerConfig MimirConfiguration MlflowConfig NatsConfig ObjectStorageConfig "
            "S3StorageConfig SlackWebhook SqsConfig SqsQueueSettings TeamsWebhook UnleashConfig"
        ),
        "filling": "env_value_for load_settings read_secret settings_for_resources",
        "literals": (
            "Environments TakkAudioTranscriptionModels TakkChatModels TakkEmbeddingModels TakkLlmModels "
            "TakkVisionModels"
        ),
        "references": "ResourceRef SecretRef ServiceUrl Template",
        "shorthands": (
            "AiBaseAPI AiBaseUrl AiToken ClickhouseDatabase ClickhouseHost ClickhousePassword ClickhousePort "
            "ClickhouseUsername DatabaseHost DatabaseName DatabasePassword DatabaseSsl DatabaseUsername "
            "DiscordWebhookUrl KafkaBootstrapServers KafkaHost KafkaPort LLMBaseAPI LLMBaseUrl LLMToken "
            "LokiPushEndpoint LokiToken LokiUser MimirBaseUrl MimirToken MlflowRegistryUri MlflowTrackingUri "
            "NatsCredsFile NatsHost NatsPort OpenSearchHost OpenSearchPassword OpenSearchPort OpenSearchUrl "
            "OpenSearchUser PostgresHost PostgresName PostgresPassword PostgresPort PostgresSsl PostgresUsername "
            "S3AccessKey S3BucketName S3Endpoint S3RegionName S3SecretKey SlackWebhookUrl SparkConnectUrl "
            "SparkMasterUrl SparkUiUrl SqlalchemyMySQLDsn SqlalchemyPostgresDsn SqsAccessKey SqsEndpoint "
            "SqsRegionName SqsSecretKey TeamsWebhookUrl"
        ),
        "tags": "OpaqueSecret ResourceTags SecretTypes Tags",
    },
)
