"""Resources that the project declares itself, if the fields of its settings do not say enough."""

from takk._lazy import lazy as _lazy

TYPE_CHECKING = False  # Type checkers take it for the one of `typing`, which is slow to import.
if TYPE_CHECKING:
    from takk._vocabulary.instances import (
        ClickhouseInstance as ClickhouseInstance,
        CompiledResource as CompiledResource,
        KafkaInstance as KafkaInstance,
        MongoDBInstance as MongoDBInstance,
        OpenSearchInstance as OpenSearchInstance,
        PostgresExtensions as PostgresExtensions,
        PostgresInstance as PostgresInstance,
        RedisInstance as RedisInstance,
        Resource as Resource,
        ServerlessPostgresInstance as ServerlessPostgresInstance,
        SparkInstance as SparkInstance,
    )

__getattr__, __dir__ = _lazy(
    __name__,
    {
        "instances": (
            "ClickhouseInstance CompiledResource KafkaInstance MongoDBInstance OpenSearchInstance "
            "PostgresExtensions PostgresInstance RedisInstance Resource ServerlessPostgresInstance SparkInstance"
        ),
    },
)
