"""Components of a project, and what they are made of."""

from takk._lazy import lazy as _lazy

TYPE_CHECKING = False  # Type checkers take it for the one of `typing`, which is slow to import.
if TYPE_CHECKING:
    from takk._vocabulary.alerts import (
        Alert as Alert,
        AlertWebhookPayload as AlertWebhookPayload,
        compile_alert as compile_alert,
        CompiledAlert as CompiledAlert,
        CompiledSlackChannel as CompiledSlackChannel,
        Contact as Contact,
        SlackChannel as SlackChannel,
        Webhook as Webhook,
    )
    from takk._vocabulary.apps import (
        DbtServer as DbtServer,
        FastAPIApp as FastAPIApp,
        GuvicornApp as GuvicornApp,
        JupyterNotebook as JupyterNotebook,
        NetworkApp as NetworkApp,
        startup_command as startup_command,
        StreamlitApp as StreamlitApp,
        UvicornApp as UvicornApp,
    )
    from takk._vocabulary.arguments import encode_job_arguments as encode_job_arguments, job_arguments as job_arguments
    from takk._vocabulary.builds import DockerBuild as DockerBuild
    from takk._vocabulary.checks import (
        Check as Check,
        ExecAction as ExecAction,
        HealthChecks as HealthChecks,
        HttpGet as HttpGet,
        NetworkHealthCheck as NetworkHealthCheck,
        resolve_health_check as resolve_health_check,
        TcpSocket as TcpSocket,
    )
    from takk._vocabulary.compute import (
        AccessRule as AccessRule,
        CompiledAccessRule as CompiledAccessRule,
        Compute as Compute,
        ComputeRequest as ComputeRequest,
        NodeSelection as NodeSelection,
        Privileges as Privileges,
        ServerlessCompute as ServerlessCompute,
        Toleration as Toleration,
    )
    from takk._vocabulary.configs import (
        NatsConfig as NatsConfig,
        ObjectStorageConfig as ObjectStorageConfig,
        SqsConfig as SqsConfig,
        SqsQueueSettings as SqsQueueSettings,
        TakkEnvironment as TakkEnvironment,
        UnleashConfig as UnleashConfig,
    )
    from takk._vocabulary.containers import (
        CompiledContainer as CompiledContainer,
        CompiledMonitoring as CompiledMonitoring,
        Container as Container,
        ContainerRepresentable as ContainerRepresentable,
        Monitoring as Monitoring,
        Sidecar as Sidecar,
    )
    from takk._vocabulary.environment import (
        _NoValue as _NoValue,
        current_env as current_env,
        NoValue as NoValue,
        value_for as value_for,
    )
    from takk._vocabulary.filling import settings_for_secrets as settings_for_secrets
    from takk._vocabulary.instances import CompiledResource as CompiledResource, Resource as Resource
    from takk._vocabulary.jobs import BashJob as BashJob, CompiledJob as CompiledJob, Job as Job
    from takk._vocabulary.literals import (
        AlertSeverity as AlertSeverity,
        AlertWebhookStatus as AlertWebhookStatus,
        ContainerKind as ContainerKind,
        ContainerScope as ContainerScope,
        Environments as Environments,
        LinuxCapability as LinuxCapability,
        QueryType as QueryType,
        RestartPolicy as RestartPolicy,
        StorageMode as StorageMode,
    )
    from takk._vocabulary.names import (
        AmbiguousComponentNameError as AmbiguousComponentNameError,
        ComponentNotFoundError as ComponentNotFoundError,
        expand_component_names as expand_component_names,
        GroupReferenceError as GroupReferenceError,
        matching_group_members as matching_group_members,
        matching_short_names as matching_short_names,
        resolve_component_name as resolve_component_name,
    )
    from takk._vocabulary.network import (
        ConnectionSelector as ConnectionSelector,
        ContainerRefs as ContainerRefs,
        Country as Country,
        Domain as Domain,
        Egress as Egress,
        GeoblockCountries as GeoblockCountries,
        Ingress as Ingress,
        Ip as Ip,
        Rule as Rule,
    )
    from takk._vocabulary.project import (
        CompiledProject as CompiledProject,
        contact_list as contact_list,
        dedupe as dedupe,
        flatten_components as flatten_components,
        Group as Group,
        GroupChild as GroupChild,
        HasContacts as HasContacts,
        HasTags as HasTags,
        Project as Project,
        with_field as with_field,
        with_inherited_metadata as with_inherited_metadata,
    )
    from takk._vocabulary.pubsub import (
        CompiledSubscriber as CompiledSubscriber,
        PubSub as PubSub,
        Subscriber as Subscriber,
        SubscriberRef as SubscriberRef,
    )
    from takk._vocabulary.references import (
        ResourceRef as ResourceRef,
        SecretRef as SecretRef,
        ServiceUrl as ServiceUrl,
        Template as Template,
    )
    from takk._vocabulary.revisions import (
        Revision as Revision,
        revisions_for_alembic_config as revisions_for_alembic_config,
    )
    from takk._vocabulary.scalers import (
        ContainerScaler as ContainerScaler,
        CpuScaler as CpuScaler,
        CronScaler as CronScaler,
        HttpScaler as HttpScaler,
        MemoryScaler as MemoryScaler,
        NatsScaler as NatsScaler,
        SqsScaler as SqsScaler,
    )
    from takk._vocabulary.servers import (
        LokiServer as LokiServer,
        MlflowServer as MlflowServer,
        UnleashServer as UnleashServer,
    )
    from takk._vocabulary.settings import (
        DataclassFields as DataclassFields,
        Partial as Partial,
        SecretClass as SecretClass,
        settings_for as settings_for,
        SettingsValue as SettingsValue,
        tags_for as tags_for,
        tags_for_annotation as tags_for_annotation,
    )
    from takk._vocabulary.streams import (
        NatsStreamConfig as NatsStreamConfig,
        NatsSubscriberConfig as NatsSubscriberConfig,
    )
    from takk._vocabulary.tags import ResourceTags as ResourceTags, SecretTypes as SecretTypes
    from takk._vocabulary.volumes import (
        compile_storage as compile_storage,
        CompiledStorage as CompiledStorage,
        CompiledVolume as CompiledVolume,
        ConfigMapSource as ConfigMapSource,
        ConfigMapVolume as ConfigMapVolume,
        HostPathSource as HostPathSource,
        HostPathVolume as HostPathVolume,
        k8s_label_chars as k8s_label_chars,
        PvcSource as PvcSource,
        resolve_volumes as resolve_volumes,
        Storage as Storage,
        Volume as Volume,
        volume_name as volume_name,
        VolumeTypes as VolumeTypes,
    )
    from takk._vocabulary.workers import (
        CompiledWorker as CompiledWorker,
        QueueMessage as QueueMessage,
        Worker as Worker,
    )

__getattr__, __dir__ = _lazy(
    __name__,
    {
        "alerts": (
            "Alert AlertWebhookPayload compile_alert CompiledAlert CompiledSlackChannel Contact SlackChannel "
            "Webhook"
        ),
        "apps": (
            "DbtServer FastAPIApp GuvicornApp JupyterNotebook NetworkApp startup_command StreamlitApp UvicornApp"
        ),
        "arguments": "encode_job_arguments job_arguments",
        "builds": "DockerBuild",
        "checks": "Check ExecAction HealthChecks HttpGet NetworkHealthCheck resolve_health_check TcpSocket",
        "compute": (
            "AccessRule CompiledAccessRule Compute ComputeRequest NodeSelection Privileges ServerlessCompute "
            "Toleration"
        ),
        "configs": "NatsConfig ObjectStorageConfig SqsConfig SqsQueueSettings TakkEnvironment UnleashConfig",
        "containers": "CompiledContainer CompiledMonitoring Container ContainerRepresentable Monitoring Sidecar",
        "environment": "_NoValue current_env NoValue value_for",
        "filling": "settings_for_secrets",
        "instances": "CompiledResource Resource",
        "jobs": "BashJob CompiledJob Job",
        "literals": (
            "AlertSeverity AlertWebhookStatus ContainerKind ContainerScope Environments LinuxCapability QueryType "
            "RestartPolicy StorageMode"
        ),
        "names": (
            "AmbiguousComponentNameError ComponentNotFoundError expand_component_names GroupReferenceError "
            "matching_group_members matching_short_names resolve_component_name"
        ),
        "network": "ConnectionSelector ContainerRefs Country Domain Egress GeoblockCountries Ingress Ip Rule",
        "project": (
            "CompiledProject contact_list dedupe flatten_components Group GroupChild HasContacts HasTags Project "
            "with_field with_inherited_metadata"
        ),
        "pubsub": "CompiledSubscriber PubSub Subscriber SubscriberRef",
        "references": "ResourceRef SecretRef ServiceUrl Template",
        "revisions": "Revision revisions_for_alembic_config",
        "scalers": "ContainerScaler CpuScaler CronScaler HttpScaler MemoryScaler NatsScaler SqsScaler",
        "servers": "LokiServer MlflowServer UnleashServer",
        "settings": "DataclassFields Partial SecretClass settings_for SettingsValue tags_for tags_for_annotation",
        "streams": "NatsStreamConfig NatsSubscriberConfig",
        "tags": "ResourceTags SecretTypes",
        "volumes": (
            "compile_storage CompiledStorage CompiledVolume ConfigMapSource ConfigMapVolume HostPathSource "
            "HostPathVolume k8s_label_chars PvcSource resolve_volumes Storage Volume volume_name VolumeTypes"
        ),
        "workers": "CompiledWorker QueueMessage Worker",
    },
)
