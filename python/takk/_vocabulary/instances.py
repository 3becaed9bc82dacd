"""Resources that the project declares itself, if the fields of its settings do not say enough."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import BaseModel, Field

from takk._lazy import public

if TYPE_CHECKING:
    from takk._vocabulary.containers import CompiledContainer

PostgresExtensions: TypeAlias = Literal[
    "cube",
    "bloom",
    "address_standardizer",
    "address_standardizer_data_us",
    "btree_gin",
    "btree_gist",
    "citext",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intagg",
    "intarray",
    "isn",
    "ltree",
    "pg_cron",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_trgm",
    "pgcrypto",
    "pgrouting",
    "pgrowlocks",
    "pgvector",
    "plpgsql",
    "postgis",
    "postgis_raster",
    "postgis_sfcgal",
    "postgis_tiger_geocoder",
    "postgis_topology",
    "tablefunc",
    "timescaledb",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
]
"""The extensions of PostgreSQL that takk knows by name."""


class Resource:
    """A resource of the project. Its name is its keyword in `Project`, which `ResourceRef` refers to."""

    def resource(self, name: str) -> "CompiledResource":
        """The resource in its compiled form."""
        raise NotImplementedError(type(self))

    def to_container(self, name: str) -> "CompiledContainer":
        """The container that provides the resource if no platform does. Not every kind has one."""
        raise NotImplementedError(type(self))


class PostgresInstance(BaseModel, Resource):
    """A PostgreSQL server."""

    version: Literal[14, 15, 16, 17] = 17
    settings: dict[str, str] = Field(default_factory=dict)
    tags: list[str] = Field(default_factory=list)
    min_vcpus: int = 0
    min_gb_ram: int = 0
    k_iops: Literal[5, 15] = 5
    number_of_nodes: Literal[1, 2] = 1
    is_backup_disabled: bool = False
    is_default: bool | None = None
    extensions: Sequence[PostgresExtensions | str] = Field(default_factory=list)

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name, psql=self)

    def to_container(self, name: str) -> "CompiledContainer":
        repository = "pgvector/pgvector" if "pgvector" in self.extensions else "postgres"
        return _container(name, f"{repository}:{self.version}", _POSTGRES_DATA, {**_POSTGRES, **self.settings})


class ServerlessPostgresInstance(BaseModel, Resource):
    """A PostgreSQL server that only runs while it is used."""

    version: Literal[16] = 16
    min_cpus: int = 0
    max_cpus: int = 4
    is_default: bool | None = None
    extensions: Sequence[PostgresExtensions | str] = Field(default_factory=list)

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name, serverless_psql=self)

    def to_container(self, name: str) -> "CompiledContainer":
        return _container(name, f"postgres:{self.version}", _POSTGRES_DATA, dict(_POSTGRES))


class RedisInstance(BaseModel, Resource):
    """A Redis server."""

    version: Literal["7.2.11"] = "7.2.11"
    number_of_nodes: int = 1
    min_vcpus: int = 0
    min_gb_ram: int = 1
    tags: list[str] = Field(default_factory=list)
    is_default: bool | None = None

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name, redis=self)

    def to_container(self, name: str) -> "CompiledContainer":
        return _container(name, f"redis:{self.version}", "/data")


class MongoDBInstance(BaseModel, Resource):
    """A MongoDB server."""

    version: Literal["7.0"] = "7.0"
    number_of_nodes: Literal[1, 3] = 1
    min_vcpus: int = 0
    min_gb_ram: int = 16
    tags: list[str] = Field(default_factory=list)
    is_default: bool | None = None

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name, mongo_db=self)

    def to_container(self, name: str) -> "CompiledContainer":
        login = {"MONGO_INITDB_ROOT_USERNAME": "mongo", "MONGO_INITDB_ROOT_PASSWORD": "mongo"}
        return _container(name, f"mongo:{self.version}", "/data/db", login)


class ClickhouseInstance(BaseModel, Resource):
    """A ClickHouse server."""

    version: Literal["25"] = "25"
    min_vcpus: int = 4
    max_vcpus: int = 8
    nodes: int = 1
    tags: list[str] = Field(default_factory=list)
    is_default: bool | None = None

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name, clickhouse=self)

    def to_container(self, name: str) -> "CompiledContainer":
        return _container(name, f"clickhouse/clickhouse-server:{self.version}", "/var/lib/clickhouse")


class KafkaInstance(BaseModel, Resource):
    """Kafka."""

    version: Literal["4.0.0"] = "4.0.0"
    nodes: Literal[1, 3] = 3
    min_gb: int = 1
    min_vcpus: int = 1
    tags: list[str] = Field(default_factory=list)
    is_default: bool | None = None

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name, kafka=self)

    def to_container(self, name: str) -> "CompiledContainer":
        return _container(name, f"apache/kafka:{self.version}", "/var/lib/kafka/data")


class OpenSearchInstance(BaseModel, Resource):
    """OpenSearch."""

    version: Literal["2.0"] = "2.0"
    nodes: Literal[1, 3] = 3
    min_gb: int = 1
    min_vcpus: int = 1
    tags: list[str] = Field(default_factory=list)
    is_default: bool | None = None

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name, opensearch=self)

    def to_container(self, name: str) -> "CompiledContainer":
        image, data = f"opensearchproject/opensearch:{self.version}", "/usr/share/opensearch/data"
        return _container(name, image, data, {"discovery.type": "single-node"})


class SparkInstance(BaseModel, Resource):
    """A Spark cluster: a main node and workers."""

    version: Literal["4.0.0"] = "4.0.0"
    main_node_min_gb: int = 1
    main_node_min_vcpus: int = 1
    worker_nodes: int = 1
    worker_min_gb: int = 1
    worker_min_vcpus: int = 1
    worker_min_gpu_gb: int | None = None
    tags: list[str] = Field(default_factory=list)
    is_default: bool | None = None

    def resource(self, name: str) -> "CompiledResource":
        return CompiledResource(name=name)


class CompiledResource(BaseModel):
    """A resource of a compiled project: exactly one field is set besides the name."""

    name: str
    serverless_psql: ServerlessPostgresInstance | None = None
    psql: PostgresInstance | None = None
    redis: RedisInstance | None = None
    mongo_db: MongoDBInstance | None = None
    clickhouse: ClickhouseInstance | None = None
    kafka: KafkaInstance | None = None
    opensearch: OpenSearchInstance | None = None


_POSTGRES = {"POSTGRES_PASSWORD": "postgres", "POSTGRES_DB": "postgres"}
_POSTGRES_DATA = "/var/lib/postgresql/data"


def _container(name: str, image: str, data: str, environments: dict[str, str] | None = None) -> "CompiledContainer":
    """A server with persistent data."""
    from takk._vocabulary.containers import CompiledContainer
    from takk._vocabulary.volumes import CompiledVolume

    volume = CompiledVolume(name=f"{name}-data", mount_path=data)
    return CompiledContainer(name=name, docker_image=image, environments=environments, volumes=[volume])


public(globals(), "takk.resources")
