"""The values of arguments that accept a fixed list of strings."""

from typing import Literal, TypeAlias

Environments: TypeAlias = Literal["dev", "test", "prod", "qa"]
"""The environments that takk knows by name."""

TakkChatModels: TypeAlias = Literal[
    "qwen3-235b-a22b-instruct-2507",
    "gpt-oss-120b",
    "mistral-small-3.2-24b-instruct-2506",
    "devstral-2-123b-instruct-2512",
    "holo2-30b-a3b",
    "llama-3.3-70b-instruct",
    "qwen3-coder-30b-a3b-instruct",
    "pixtral-12b-2409",
    "voxtral-small-24b-2507",
    "gemma-3-27b-it",
]
"""Language models for chat."""
TakkLlmModels = TakkChatModels
"""The former name of `TakkChatModels`."""
TakkEmbeddingModels: TypeAlias = Literal["qwen3-embedding-8b", "bge-multilingual-gemma2"]
"""Models for text embeddings."""
TakkVisionModels: TypeAlias = Literal[
    "mistral-small-3.2-24b-instruct-2506", "holo2-30b-a3b", "pixtral-12b-2409", "gemma-3-27b-it"
]
"""Models that understand images."""
TakkAudioTranscriptionModels: TypeAlias = Literal["voxtral-small-24b-2507", "whisper-large-v3"]
"""Models that transcribe speech."""

AlertSeverity: TypeAlias = Literal["warning", "critical"]
"""How urgent an alert is."""
QueryType: TypeAlias = Literal["promql", "logql", "traceql"]
"""The language of an alert's query: over metrics, logs or traces."""
AlertWebhookStatus: TypeAlias = Literal["firing", "resolved"]
"""Whether an alert starts or ends."""
RestartPolicy: TypeAlias = Literal["Always", "OnFailure", "Never"]
"""When a container is restarted after it exited."""
StorageMode: TypeAlias = Literal["read_write_once", "read_only_many", "read_write_many"]
"""How many nodes can mount a volume, and whether they may write."""
ContainerScope: TypeAlias = Literal["namespace", "node", "cluster"]
"""Whether a container runs once for the project, on every node, or once for the cluster."""
ContainerKind: TypeAlias = Literal["network_app", "worker", "subscriber", "cron", "job", "resource", "daemonset"]
"""What a container does."""
LinuxCapability: TypeAlias = Literal[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_ADMIN",
    "SYS_TIME",
    "SYS_RESOURCE",
    "DAC_READ_SEARCH",
]
"""The Linux capabilities that a container can have."""
