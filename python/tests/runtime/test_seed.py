"""Every sentence of the second seed, above the test that proves it."""

import base64
import json
import time
from typing import Any, Optional

import pytest
from pydantic.fields import FieldInfo

from takk.runtime import (
    ConfigError,
    Env,
    MissingContextVariableError,
    Mock,
    Secret,
    SecretModel,
    TakkError,
)


# "Secret(...) is the marker that makes a field secret-backed. It's used in the right-hand side of a field declaration"
def test_a_field_is_declared():
    class App(SecretModel):
        db_password: str = Secret("/db/password", ttl=60)

    assert App(backend=Mock({"/db/password": "hunter2"})).db_password == "hunter2"


# "It returns a Pydantic FieldInfo with a sentinel default, so the field is optional at construction time."
def test_the_marker_is_a_field_and_optional():
    assert isinstance(Secret("/x"), FieldInfo)

    class App(SecretModel):
        x: str = Secret("/x")

    assert not App.model_fields["x"].is_required()
    App()


# "The path, ttl, transform, version, and description you pass are stored as metadata that the model reads at class-creation time."
def test_what_is_passed_is_metadata():
    metadata = Secret("/x", ttl=5, transform=int, version=3, description="the x").metadata
    marker = next(item for item in metadata if type(item).__name__ == "Marker")
    assert (marker.path, marker.ttl, marker.transform, marker.version, marker.description) == ("/x", 5, int, 3, "the x")


# "{var} placeholders are filled at fetch time from non-secret fields of the root SecretModel."
def test_placeholders_are_filled_in_at_fetch_time():
    class App(SecretModel):
        stage: str
        db_password: str = Secret("/{stage}/db/password")

    app = App(stage="prod", backend=Mock({"/prod/db/password": "p", "/dev/db/password": "d"}))
    assert app.db_password == "p"
    app.stage = "dev"
    assert app.db_password == "d"


# "None (default): Cache forever (no expiration)."
def test_no_ttl_is_for_ever(scripted):
    class App(SecretModel):
        x: str = Secret("/x")

    backend = scripted({"/x": "1"})
    app = App(backend=backend)
    assert [app.x for _ in range(100)] == ["1"] * 100
    assert backend.calls == ["/x"]


# "0: Never cache — every access calls the backend."
def test_a_ttl_of_0_never_caches(scripted):
    class App(SecretModel):
        x: str = Secret("/x", ttl=0)

    backend = scripted({"/x": "1"})
    app = App(backend=backend)
    assert [app.x for _ in range(5)] == ["1"] * 5
    assert backend.calls == ["/x"] * 5


# "> 0: Number of seconds."
def test_a_ttl_is_seconds(scripted):
    class App(SecretModel):
        x: str = Secret("/x", ttl=0.2)

    backend = scripted({"/x": "1"})
    app = App(backend=backend)
    assert app.x == app.x == "1"
    backend.data["/x"] = "2"
    assert app.x == "1" and len(backend.calls) == 1
    time.sleep(0.25)
    assert app.x == "2" and len(backend.calls) == 2


# "Each path keeps its own TTL. Versioned secrets are cached separately from the unversioned form of the same path."
# "Versioned and unversioned reads of the same path are cached separately."
def test_versions_are_cached_separately():
    class App(SecretModel):
        now: str = Secret("/x", ttl=0)
        then: str = Secret("/x", version=2)
        label: str = Secret("/x", version="stable")

    backend = Mock({"/x": "now"}, versions={("/x", 2): "then", ("/x", "stable"): "label"})
    app = App(backend=backend)
    assert [(app.now, app.then, app.label) for _ in range(2)] == [("now", "then", "label")] * 2
    assert backend.calls == [("/x", None), ("/x", 2), ("/x", "stable"), ("/x", None)]


# "A custom Callable[[str], T] that overrides vaultly's default cast rules entirely"
# "If transform is provided, the field's annotation does not drive any casting — your callable is fully responsible."
def test_a_transform_overrides_the_cast():
    class App(SecretModel):
        config: dict = Secret("/app/config-b64", transform=lambda s: json.loads(base64.b64decode(s)))
        port: int = Secret("/port", transform=lambda s: s + "!")

    data = {"/app/config-b64": base64.b64encode(b'{"a": 1}').decode(), "/port": "1"}
    app = App(backend=Mock(data))
    assert app.config == {"a": 1}
    assert app.port == "1!"


# "Exceptions raised by transform are wrapped as ConfigError with the original as __cause__."
def test_what_a_transform_raises_is_the_cause():
    class Odd(Exception):
        pass

    raised = Odd("it is odd")

    def transform(_: str) -> None:
        raise raised

    class App(SecretModel):
        x: str = Secret("/x", transform=transform)

    with pytest.raises(ConfigError, match="App.x") as caught:
        App(backend=Mock({"/x": "1"})).x
    assert caught.value.__cause__ is raised and raised.args == ("it is odd",)


# "Pin the secret to a specific version." "EnvBackend: Ignored (env vars don't version)."
def test_the_environment_ignores_versions(monkeypatch):
    class App(SecretModel):
        x: str = Secret("/db/key", version=7)

    monkeypatch.setenv("APP_DB_KEY", "1")
    assert App(backend=Env("APP")).x == App(backend=Env(prefix="APP_")).x == "1"


# "Free-text description. Surfaces in error messages — [...] MissingContextVariableError: secret field App.db (postgres prod credentials)"
def test_a_description_is_in_errors():
    class App(SecretModel):
        stage: str = "prod"
        db: str = Secret("/{nowhere}", description="postgres prod credentials")
        port: int = Secret("/port", description="where it listens")
        none: str = Secret("/none", description="what is missing")

    with pytest.raises(MissingContextVariableError, match=r"secret field App\.db \(postgres prod credentials\)"):
        App(backend=Mock())

    class Open(App, validate="none"):
        pass

    app = Open(backend=Mock({"/port": "x"}))
    for name, says in [("db", "postgres prod credentials"), ("port", "where it listens"), ("none", "what is missing")]:
        with pytest.raises(TakkError, match=rf"secret field Open\.{name} \({says}\)"):
            getattr(app, name)


# "Secret is not a Python type. You cannot write db_password: Secret(str) or db_password: Secret[str]."
def test_the_marker_is_no_type():
    with pytest.raises(ConfigError):
        Secret(str)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Secret[str]  # type: ignore[index]


# "Other Pydantic field metadata [...] doesn't combine with Secret — vaultly owns the field's serialization and validation behavior."
def test_secrets_are_masked_wherever_a_model_is_shown():
    class App(SecretModel):
        stage: str = "prod"
        x: int = Secret("/x")

    app = App(backend=Mock({"/x": "4711"}))
    assert app.x == 4711
    assert repr(app) == "App(stage='prod', x='***')" and str(app) == "stage='prod' x='***'"
    assert app.model_dump(mode="json") == {"stage": "prod", "x": "***"}
    assert app.model_dump() == {"stage": "prod", "x": "***"}
    assert app.model_dump_json() == '{"stage":"prod","x":"***"}'


CASTS: list[tuple[Any, str, Any]] = [
    # str | passthrough
    (str, " as it is ", " as it is "),
    (str, "", ""),
    # int / float | direct
    (int, "42", 42),
    (int, " -1_000\n", -1000),
    (float, "1.5", 1.5),
    (float, "1e3", 1000.0),
    # bool | true/1/yes/on -> True, false/0/no/off -> False (case-insensitive)
    *((bool, word, True) for word in ["true", "1", "yes", "on", "TRUE", "Yes", "oN", " true "]),
    *((bool, word, False) for word in ["false", "0", "no", "off", "FALSE", "No", "oFF", "off\n"]),
    # dict / list | json.loads
    (dict, '{"a": [1]}', {"a": [1]}),
    (dict[str, int], '{"a": 1}', {"a": 1}),
    (list, "[1, 2]", [1, 2]),
    (list[str], '["a"]', ["a"]),
    # T | None (Optional) | unwrapped to T, then the rule for T applies
    (Optional[int], "42", 42),
    (int | None, "42", 42),
    (None | bool, "on", True),
    (dict | None, "{}", {}),
    (str | None, "", ""),
    # anything else | raw string
    (bytes, "raw", "raw"),
    (Any, "raw", "raw"),
    (tuple, "[1]", "[1]"),
    (int | str, "42", "42"),
    (int | str | None, "42", "42"),
    (complex, "1j", "1j"),
]


@pytest.mark.parametrize(("annotation", "raw", "value"), CASTS)
def test_the_table_of_casts(annotation, raw, value):
    class App(SecretModel):
        x: annotation = Secret("/x")

    given = App(backend=Mock({"/x": raw})).x
    assert given == value and type(given) is type(value)


# "A cast failure raises ConfigError, never the underlying exception type (ValueError, JSONDecodeError, etc.)."
# "Code that does except VaultlyError will reliably catch it."
@pytest.mark.parametrize(
    ("annotation", "raw"),
    [
        (int, "hunter2"),
        (int, "1.5"),
        (int, ""),
        (float, "hunter2"),
        (bool, "hunter2"),
        (bool, "y"),
        (dict, "hunter2"),
        (list, "[hunter2]"),
        (list, "[" * 100_000),
        (int, "9" * 5000),
        (int | None, "hunter2"),
    ],
)
def test_a_cast_that_fails_is_a_config_error(annotation, raw):
    class App(SecretModel):
        x: annotation = Secret("/x")

    with pytest.raises(ConfigError, match="App.x") as caught:
        App(backend=Mock({"/x": raw})).x
    assert isinstance(caught.value, TakkError) and caught.value.__cause__ is not None
    assert not isinstance(caught.value, ValueError)
