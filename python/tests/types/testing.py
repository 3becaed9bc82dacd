"""User code with `takk.testing`, for type checkers: mypy --strict and pyright report no errors in this file."""

from typing_extensions import assert_type

from takk.runtime import Secret, SecretModel, TransientError
from takk.testing import FakeBackend, FakeBackends, fake_backend


class App(SecretModel):
    stage: str
    port: int = Secret("/{stage}/port")
    flags: dict[str, bool] = Secret("/{stage}/flags")


def test_it(takk_secrets: FakeBackends) -> None:
    values = {"port": 5432, "/prod/flags": {"on": True}}
    backend = takk_secrets(App, values=values, strict=True, stage="prod")
    assert_type(backend, FakeBackend)
    assert_type(App(stage="prod", backend=backend).port, int)
    backend.give({"port": TransientError("down")})
    assert_type(backend.calls[0], tuple[str, int | str | None])


with fake_backend(App, stage="prod") as fake:
    assert_type(fake, FakeBackend)
    assert_type(fake.unread(), list[str])

# Type checkers must reject each of these: an unused `ignore` is an error with --strict.
fake_backend(App(stage="prod"))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
fake_backend(int)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
