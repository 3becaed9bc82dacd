"""User code, for type checkers: mypy --strict and pyright report no errors in this file."""

from typing import Annotated

from pydantic import AnyUrl, BaseModel, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings
from typing_extensions import assert_type

import takk
from takk import FastAPIApp, Job, Project, Worker, value_for
from takk.models import Contact, Group, NatsStreamConfig, PubSub, Subscriber
from takk.resources import PostgresInstance
from takk.secrets import (
    NatsConfig,
    OpaqueSecret,
    PostgresPassword,
    ResourceRef,
    ResourceTags,
    S3RegionName,
    ServiceUrl,
    SlackWebhook,
    Template,
)


class Settings(BaseSettings):
    password: PostgresPassword
    region: S3RegionName = "eu-north-1"
    warehouse: Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, "warehouse")]
    address: Annotated[AnyUrl, ServiceUrl("api", "internal")]
    conninfo: Annotated[str, Template(["host=", ResourceTags.psql_host])]
    key: Annotated[str, OpaqueSecret] = "x"


class Placed(BaseModel):
    number: int


def on_placed(event: Placed) -> None: ...


async def later(event: Placed) -> None: ...


placed = PubSub(Placed, subject="shop.placed", broker=NatsStreamConfig(auth_settings=NatsConfig))
work = Worker("work", settings=[Settings])
reserve = placed.subscriber(on_placed)

project = Project(
    name="shop",
    shared_settings=[Settings, SlackWebhook],
    api=FastAPIApp("shop.api", settings=[Settings], domain_names=value_for(None, prod=["x.org"]), min_scale=value_for(0, prod=2)),
    group=Group(contacts=Contact(name="Desk"), work=work, job=Job(on_placed, arguments=Placed(number=1))),
    reserve=reserve,
    db=PostgresInstance(version=17, number_of_nodes=value_for(1, prod=2)),
    nothing=None,
)


async def publish(settings: Settings) -> None:
    await placed.publish(Placed(number=1))
    await work.queue(later, Placed(number=1))
    assert_type(settings.password, SecretStr)
    assert_type(settings.region, str)


assert_type(value_for(1, prod=2), int)
assert_type(reserve, Subscriber[Placed])
assert_type(takk.models.Contact(name="x").email, str | None)
assert_type(takk.__version__, str)

# Type checkers must reject each of these: an unused `ignore` is an error with --strict.
FastAPIApp("shop.api", port="8000")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
ServiceUrl("api", "public")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
ResourceTags.no_such_tag  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
PostgresInstance(version=13)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
