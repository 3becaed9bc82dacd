"""Fake backends: values generated from types, explicit values, and values that do not fit."""

import base64
import enum
import json
import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

import pytest
from pydantic import AnyUrl, BaseModel, Field, Json, PostgresDsn, RedisDsn, SecretBytes, SecretStr
from takk.runtime import (
    ArgumentError,
    Chain,
    ConfigError,
    Env,
    Mock,
    Secret,
    SecretModel,
    SecretNotFoundError,
    TransientError,
)
from takk.testing import FakeBackend, NoValueError, UnknownPathError, fake_backend
from typing_extensions import TypedDict


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 3


class Login(BaseModel):
    user: str
    port: int = Field(ge=100, le=101)
    tags: list[str]


class Tree(BaseModel):
    name: str
    left: Optional["Tree"] = None


class Endless(BaseModel):
    inner: "Endless"


class Typed(TypedDict):
    user: str
    port: int


@dataclass
class Point:
    x: int
    y: float


def model(annotation: Any, typed: bool, **options: Any) -> type[SecretModel]:
    class App(SecretModel, typed=typed):
        stage: str = "prod"
        x: annotation = Secret("/{stage}/x", **options)
        other: annotation = Secret("/{stage}/other", **options)

    return App


UNTYPED = [
    (str, str),
    (int, int),
    (float, float),
    (bool, bool),
    (dict, dict),
    (list, list),
    (dict[str, int], dict),
    (list[float], list),
    (dict[str, list[bool]], dict),
    (Optional[int], int),
    (bool | None, bool),
    (Annotated[int, Field(ge=5, le=7)], int),
    # Types for which the casts of `Secret` keep the text.
    (SecretStr, str),
    (bytes, str),
    (int | str, str),
    (Any, str),
    (object(), str),
]


@pytest.mark.parametrize(("annotation", "kind"), UNTYPED, ids=str)
def test_values_are_of_the_type_that_the_casts_give(annotation, kind):
    if not isinstance(annotation, type) and type(annotation) is object:

        class Unknown:
            """pydantic has no schema for it."""

        annotation = Unknown
    App = model(annotation, typed=False)
    app = App(backend=fake_backend(App))
    assert type(app.x) is kind
    # The same in every run, so that failures are reproducible.
    assert App(backend=fake_backend(App)).x == app.x


TYPED = [
    (str, str),
    (int, int),
    (SecretStr, SecretStr),
    (SecretBytes, SecretBytes),
    (bytes, bytes),
    (AnyUrl, AnyUrl),
    (PostgresDsn, PostgresDsn),
    (RedisDsn, RedisDsn),
    (UUID, UUID),
    (datetime, datetime),
    (date, date),
    (timedelta, timedelta),
    (Decimal, Decimal),
    (IPv4Address, IPv4Address),
    (Colour, Colour),
    (Level, Level),
    (Literal["a", "b"], str),
    (Login, Login),
    (Optional[Login], Login),
    (list[Login], list),
    (dict[str, Login], dict),
    (Tree, Tree),
    (Typed, dict),
    (Point, Point),
    (tuple[int, str], tuple),
    (set[int], set),
    (Annotated[set[int], Field(min_length=3)], set),
    (Annotated[list[str], Field(min_length=4)], list),
    (Annotated[str, Field(min_length=100)], str),
    (Annotated[str, Field(max_length=3)], str),
    (Annotated[int, Field(gt=5, lt=7)], int),
    (Annotated[int, Field(multiple_of=7, ge=1)], int),
    (Annotated[int, Field(le=-5)], int),
    (Annotated[float, Field(gt=0.1, lt=0.2)], float),
    (Annotated[float, Field(ge=3)], float),
    (Json[list[int]], list),
    (int | str, (int, str)),
]


@pytest.mark.parametrize(("annotation", "kind"), TYPED, ids=str)
def test_typed_values_are_what_pydantic_accepts(annotation, kind):
    App = model(annotation, typed=True)
    app = App(backend=fake_backend(App, stage="prod"))
    assert isinstance(app.x, kind)
    assert App(backend=fake_backend(App)).x == app.x


@pytest.mark.parametrize("annotation", [str, int, float, dict, list])
def test_two_paths_have_two_values(annotation):
    App = model(annotation, typed=False)
    app = App(backend=fake_backend(App))
    assert app.x != app.other
    elsewhere = App(stage="dev", backend=fake_backend(App))
    assert elsewhere.x != app.x


def test_text_names_its_path():
    App = model(str, typed=False)
    assert App(backend=fake_backend(App)).x == "fake:/prod/x"


NO_VALUE = [Annotated[str, Field(pattern="^sk-[0-9]{20}$")], Endless, Annotated[int, Field(ge=5, le=4)]]


@pytest.mark.parametrize("annotation", NO_VALUE, ids=str)
def test_where_no_value_can_be_made_one_has_to_be_given(annotation):
    App = model(annotation, typed=True)
    app = App(backend=fake_backend(App))
    with pytest.raises(NoValueError, match=r"secret field App\.x.* cannot make a value.*give one: values=\{'x': "):
        app.x


PLAIN = [
    (int, int, int),
    (float, float, float),
    (str, str.strip, str),
    (str, str.upper, str),
    (SecretStr, SecretStr, SecretStr),
    (Path, Path, Path),
    (Decimal, Decimal, Decimal),
    (UUID, UUID, UUID),
    (dict[str, int], json.loads, dict),
    (list, json.loads, list),
]


@pytest.mark.parametrize(("annotation", "transform", "kind"), PLAIN, ids=str)
def test_transforms_that_are_known_have_values(annotation, transform, kind):
    App = model(annotation, typed=False, transform=transform)
    assert isinstance(App(backend=fake_backend(App)).x, kind)


def test_a_transform_of_the_program_is_not_called_to_try():
    tried = []

    def decode(text: str) -> Any:
        tried.append(text)
        return json.loads(base64.b64decode(text))

    App = model(dict, typed=False, transform=decode)
    app = App(backend=fake_backend(App))
    with pytest.raises(NoValueError, match=r"its transform is the program's own; give one: values=\{'x': \.\.\.\}"):
        app.x
    assert tried == []
    text = base64.b64encode(b'{"a": 1}').decode()
    assert App(backend=fake_backend(App, values={"x": text})).x == {"a": 1}
    assert tried == [text]


# ------------------------------------------------------------------ explicit values


class Db(SecretModel):
    password: str = Secret("/{stage}/db/password")
    port: int = Secret("/{stage}/db/port")


class App(SecretModel):
    stage: str
    db: Db = Field(default_factory=Db)
    key: str = Secret("/{stage}/key")
    old: str = Secret("/{stage}/key", version=3)
    flags: dict[str, bool] = Secret("/shared/flags")


@pytest.mark.parametrize(
    ("name", "value", "read", "expected"),
    [
        ("key", "given", "key", "given"),
        ("App.key", "given", "key", "given"),
        ("/prod/key", "given", "key", "given"),
        ("/{stage}/key", "given", "key", "given"),
        ("db.password", "given", "db.password", "given"),
        ("Db.password", "given", "db.password", "given"),
        ("/prod/db/password", "given", "db.password", "given"),
        ("old", "given", "old", "given"),
        ("/prod/key@3", "given", "old", "given"),
        ("/{stage}/key@3", "given", "old", "given"),
        ("db.port", 5432, "db.port", 5432),
        ("db.port", "5432", "db.port", 5432),
        ("flags", {"on": True}, "flags", {"on": True}),
        ("key", "", "key", ""),
    ],
)
@pytest.mark.parametrize("context", [{}, {"stage": "prod"}], ids=["any stage", "this stage"])
def test_values_by_name_and_path(name, value, read, expected, context):
    backend = fake_backend(App, values={name: value}, **context)
    app = App(stage="prod", backend=backend)
    assert backend.unread() == [f"{name}, which was given a value"]
    owner: Any = app
    for part in read.split("."):
        owner = getattr(owner, part)
    assert owner == expected
    backend.verify()
    # The others are generated.
    app.prefetch()
    assert (app.key == expected) is (read == "key") and (app.old == expected) is (read == "old")


def test_a_path_goes_before_the_field():
    backend = fake_backend(App, values={"key": "all", "/prod/key": "prod"})
    assert App(stage="prod", backend=backend).key == "prod"
    assert App(stage="dev", backend=backend).key == "all"
    backend.verify()


def test_a_text_is_cast_like_any_other():
    app = App(stage="prod", backend=fake_backend(App, values={"db.port": "many"}))
    with pytest.raises(ConfigError, match=r"Db\.port: failed to cast"):
        app.db.port


def test_exceptions_are_raised():
    values = {"key": TransientError("down"), "db.password": SecretNotFoundError("gone")}
    backend = fake_backend(App, values=values)
    app = App(stage="prod", backend=backend)
    with pytest.raises(TransientError, match="down"):
        app.key
    with pytest.raises(SecretNotFoundError, match="gone"):
        app.db.password
    backend.verify()


def test_a_secret_is_rotated():
    backend = fake_backend(App)
    app = App(stage="prod", backend=backend)
    assert app.key == "fake:/prod/key"
    backend.give({"key": "next"})
    assert app.key == "fake:/prod/key"
    assert backend.unread() != []
    assert app.refresh("key") == "next"
    backend.verify()
    assert backend.calls == [("/prod/key", None), ("/prod/key", None)]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("kye", "key"),
        ("db.pasword", "db.password"),
        ("/{stage}/db/pasword", "/{stage}/db/password"),
        ("/prod/db/pasword", "/prod/db/password"),
        ("/prod/key@4", "/prod/key@3"),
        ("db", "old|key|db.port"),
    ],
)
def test_a_value_that_is_nobodys_names_the_nearest(name, nearest):
    with pytest.raises(ArgumentError, match=rf"neither the name nor the path.*the nearest one is ({nearest})$"):
        fake_backend(App, values={name: "x"}, stage="prod")


@pytest.mark.parametrize("value", [None, object(), b"x", {1, 2}, [object()], Exception])
def test_a_value_that_no_backend_has_is_refused(value):
    with pytest.raises(ArgumentError, match="the value of 'key' is a "):
        fake_backend(App, values={"key": value})


def test_names_of_several_secrets_are_refused():
    class Other(SecretModel):
        key: str = Secret("/other/key")

    with pytest.raises(ArgumentError, match=r"'key' is the name of several secrets; say which: App\.key, Other\.key"):
        fake_backend(App, Other, values={"key": "x"})
    backend = fake_backend(App, Other, values={"Other.key": "x"})
    assert Other(backend=backend).key == "x"
    assert App(stage="prod", backend=backend).key == "fake:/prod/key"


def test_context_that_fills_nothing_is_refused():
    with pytest.raises(ArgumentError, match="'stagee' is no field that fills in a path; the nearest one is stage"):
        fake_backend(App, stagee="prod")
    with pytest.raises(ArgumentError, match="'key' is no field"):
        fake_backend(App, key="x")
    with pytest.raises(ArgumentError, match="classes of SecretModel"):
        fake_backend(App(stage="prod"))


# ------------------------------------------------------------------ paths that tests read


def test_an_unknown_path_names_the_nearest():
    backend = fake_backend(App, stage="prod")
    with pytest.raises(UnknownPathError, match=r"no field with the path /prod/db/pasword; the nearest one is /prod/db/password"):
        backend.get("/prod/db/pasword")
    with pytest.raises(UnknownPathError, match="path /dev/key"):
        App(stage="dev", backend=backend).key
    with pytest.raises(UnknownPathError, match=r"path /prod/key@9; the nearest one is /prod/key@3"):
        backend.get("/prod/key", version=9)


def test_an_unknown_path_is_found_even_if_the_program_goes_on():
    backend = fake_backend(App)
    try:
        backend.get("/nowhere")
    except SecretNotFoundError:
        pytest.fail("programs go on without a secret that is not found")
    except ConfigError:
        pass
    with pytest.raises(AssertionError, match="read, and no field's path: /nowhere"):
        backend.verify()


def test_a_chain_asks_the_fake_last():
    backend = fake_backend(App)
    app = App(stage="prod", backend=Chain(Mock({"/prod/key": "first"}), backend))
    assert app.key == "first" and app.db.port > 0
    assert ("/prod/key", None) not in backend.calls


def test_strict_wants_every_secret_read():
    backend = fake_backend(App, strict=True)
    app = App(stage="prod", backend=backend)
    app.key, app.db.password
    with pytest.raises(AssertionError) as caught:
        backend.verify()
    missing = [line for line in str(caught.value).splitlines() if line.startswith("not read: ")]
    assert missing == [
        "not read: db.port (/{stage}/db/port)",
        "not read: old (/{stage}/key@3)",
        "not read: flags (/shared/flags)",
    ] or sorted(missing) == sorted(
        ["not read: db.port (/{stage}/db/port)", "not read: old (/{stage}/key@3)", "not read: flags (/shared/flags)"]
    )
    app.prefetch()
    backend.verify()


def test_as_a_context_manager_it_verifies():
    with pytest.raises(AssertionError, match="not read: key"), fake_backend(App, values={"key": "x"}):
        pass
    # The earlier error takes precedence.
    with pytest.raises(ZeroDivisionError), fake_backend(App, values={"key": "x"}):
        1 / 0


def test_two_types_on_one_path():
    class Two(SecretModel):
        text: str = Secret("/port")
        number: int = Secret("/port")
        is_on: bool = Secret("/flag")
        flag: str = Secret("/flag")

    app = Two(backend=fake_backend(Two))
    assert app.text == str(app.number) and app.flag == "true" and app.is_on is True


def test_paths_that_look_alike():
    class Alike(SecretModel):
        stage: str
        region: str = "eu"
        fixed: bool = Secret("/prod/x")
        by_stage: int = Secret("/{stage}/{region}/x")
        twice: float = Secret("/{stage}/{stage}.{{x}}")
        whole: list = Secret("{stage}")

    app = Alike(stage="prod", backend=fake_backend(Alike))
    assert (type(app.fixed), type(app.by_stage), type(app.twice), type(app.whole)) == (bool, int, float, list)
    with pytest.raises(UnknownPathError):
        fake_backend(Alike, stage="a").get("/a/b.{x}")


class Stage(str, enum.Enum):
    PROD = "prod"


def test_what_fills_placeholders_in():
    class Filled(SecretModel):
        stage: Stage = Stage.PROD
        number: int = 3
        nothing: str = ""
        by_stage: str = Secret("/{stage}/a.b[c]*+?")
        by_number: str = Secret("{number}")
        by_nothing: str = Secret("{nothing}/x")

    paths = ["/prod/a.b[c]*+?", "3", "/x"]
    for context in ({}, {"stage": Stage.PROD, "number": 3, "nothing": ""}, {"stage": "prod", "number": "3"}):
        backend = fake_backend(Filled, values={paths[0]: "given"}, **context)
        app = Filled(backend=backend)
        assert [app.by_stage, app.by_number, app.by_nothing] == ["given", "fake:3", "fake:/x"]
        assert [path for path, _ in backend.calls] == paths
    with pytest.raises(UnknownPathError):
        fake_backend(Filled, number=4, stage="prod", nothing="y").get("3")


def test_a_name_goes_before_a_path():
    class Crossed(SecretModel):
        key: str = Secret("other")
        other: str = Secret("key")

    app = Crossed(backend=fake_backend(Crossed, values={"key": "x"}))
    assert (app.key, app.other) == ("x", "fake:key")


def test_an_exception_that_is_raised_often_does_not_grow():
    backend = fake_backend(App, values={"key": TransientError("down")})
    lengths = set()
    for _ in range(3):
        with pytest.raises(TransientError) as caught:
            backend.get("/prod/key")
        lengths.add(len(caught.traceback))
    assert len(lengths) == 1


def test_the_value_of_the_most_exact_path_counts():
    class Alike(SecretModel):
        anything: str = Secret("{stage}")
        exact: str = Secret("/prod/x")
        by_stage: str = Secret("/{stage}/x")
        stage: str = "prod"

    backend = fake_backend(Alike, values={"anything": "a", "exact": "e", "by_stage": "b"})
    assert [backend.get(path) for path in ("/prod/x", "/dev/x", "dev")] == ["e", "b", "a"]


class Node(SecretModel):
    key: str = Secret("/{stage}/key")
    inner: Optional["Node"] = None
    stage: str = "prod"


def test_a_model_that_has_itself_as_a_field():
    backend = fake_backend(Node, values={"key": "x"})
    assert Node(inner=Node(), backend=backend).inner.key == "x"


def test_models_that_are_put_into_others():
    class Base(SecretModel):
        a: str = Secret("/a")

    class Derived(Base):
        b: int = Secret("/b")

    class Root(SecretModel):
        one: Base | None = None
        many: Optional[Annotated[Derived, "annotated"]] = None

    root = Root(one=Derived(), many=Derived(), backend=fake_backend(Root, Derived))
    assert root.one is not None and root.one.b == root.many.b
    backend = fake_backend(Root, values={"one.a": "x"})
    assert Root(one=Base(), backend=backend).one.a == "x"


def test_no_value_is_shown():
    backend = fake_backend(App, values={"key": "hunter2"})
    assert "hunter2" not in repr(backend)
    with pytest.raises(AssertionError) as caught:
        backend.verify()
    assert "hunter2" not in str(caught.value)


def test_threads():
    backend = FakeBackend(App, context={"stage": "prod"}, strict=True)
    app = App(stage="prod", backend=backend)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(50):
                app.refresh_all()
                app.prefetch()
                assert app.key == "fake:/prod/key"
                backend.give({"old": "x"})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and len(backend.calls) >= 5
    assert {path for path, _ in backend.calls} == {"/prod/key", "/prod/db/password", "/prod/db/port", "/shared/flags"}


def test_without_models_only_given_paths_are_there(monkeypatch):
    backend = fake_backend(values={"/a": "1", "/b@2": "3"})
    assert backend.get("/a") == "1" and backend.get("/b", version=2) == "3" and backend.get("/b", version="2") == "3"
    with pytest.raises(UnknownPathError, match="the nearest one is /a"):
        backend.get("/A")
    monkeypatch.setenv("KEY", "x")
    assert Env().get("/key") == "x"
