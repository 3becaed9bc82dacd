"""User code with `takk.runtime`, for type checkers: mypy --strict and pyright report no errors in this file."""

from pydantic import Field
from typing_extensions import assert_type

from takk.runtime import (
    AppRole,
    AsyncBackend,
    Backend,
    Chain,
    Change,
    Dotenv,
    Env,
    Mock,
    Retrying,
    Secret,
    SecretModel,
    Source,
    Ssm,
    TakkError,
    Vault,
    backend_from_env,
)


class Db(SecretModel):
    password: str = Secret("/{stage}/db/password", ttl=60, description="the password of the database")
    port: int = Secret("/{stage}/db/port", transform=int, version=3)


class App(SecretModel, validate="paths", stale_on_error=True, batch="model", typed=True):
    stage: str
    db: Db = Field(default_factory=Db)


class Own(Backend):
    def get(self, path: str, *, version: int | str | None = None) -> str:
        return path


class OwnAsync(AsyncBackend):
    async def get(self, path: str, *, version: int | str | None = None) -> str:
        return path


def backends() -> list[Backend | AsyncBackend]:
    vault = Vault("https://vault.example", auth=AppRole("id", secret_id_file="/run/secret-id"))
    retrying = Retrying(vault, max_attempts=5, is_retryable=lambda error: isinstance(error, TakkError))
    return [Own(), OwnAsync(), Chain(Env("APP"), Dotenv()), retrying, Ssm("eu-north-1"), backend_from_env()]


async def use() -> None:
    app = App(stage="prod", backend=Mock({"/prod/db/password": "x"}))
    assert_type(app.db.password, str)
    assert_type(app.db.port, int)
    assert_type(app.sources(), list[Source])
    with app.override({"db.password": "y"}) as same:
        assert_type(same, App)

    def changed(change: Change) -> None:
        assert_type(change.fields, tuple[str, ...])

    with app.subscribe(changed):
        app.refresh("db.password")
    await app.aprefetch()
    await app.aget("db.password")
