"""Trees of models, batches, overrides, sources, subscribers, and asynchronous code."""

import asyncio
import threading
import time
from enum import Enum
from typing import Annotated, Generic, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, computed_field, model_validator

from takk.runtime import (
    AsyncBackend,
    Backend,
    Chain,
    ConfigError,
    Env,
    MissingContextVariableError,
    Mock,
    Retrying,
    Secret,
    SecretModel,
    SecretNotFoundError,
    TakkError,
    TransientError,
)


class Cache(SecretModel):
    url: str = Secret("/{stage}/cache/url")


class Db(SecretModel):
    stage: str = "never asked"
    password: str = Secret("/{stage}/db/password")
    cache: Cache = Field(default_factory=Cache)


class App(SecretModel):
    stage: str
    db: Db
    key: str = Secret("/key", ttl=60)


DATA = {"/prod/db/password": "p", "/prod/cache/url": "u", "/key": "k", "/dev/db/password": "dp", "/dev/cache/url": "du"}


@pytest.mark.parametrize("db", [{}, {"cache": {}}, Db(), {"backend": Mock()}], ids=["empty", "nested", "made", "backend"])
def test_nested_models_use_the_root(db):
    backend = Mock(DATA)
    app = App(stage="prod", db=db, backend=backend)
    assert (app.db.password, app.db.cache.url, app.key) == ("p", "u", "k")
    app.stage = "dev"
    assert (app.db.password, app.db.cache.url, app.key) == ("dp", "du", "k")
    assert len(backend.calls) == 5
    assert {source.path for source in app.db.cache.sources()} == set(DATA)


def test_a_nested_model_outlives_its_root():
    db = App(stage="prod", db={}, backend=Mock(DATA)).db
    assert (db.password, db.cache.url) == ("p", "u")


def test_two_roots_have_two_caches():
    backend = Mock(DATA)
    one, other = App(stage="prod", db={}, backend=backend), App(stage="prod", db={}, backend=backend)
    assert one.key == other.key and len(backend.calls) == 2
    one.refresh_all()
    assert one.key == other.key and len(backend.calls) == 3


def test_refresh_from_anywhere_in_the_tree():
    backend = Mock(DATA)
    app = App(stage="prod", db={}, backend=backend)
    assert app.db.password == "p"
    backend.data["/prod/db/password"] = "p2"
    assert app.db.password == "p" and app.refresh("db.password") == "p2" and app.db.password == "p2"
    backend.data["/prod/db/password"] = "p3"
    assert app.db.refresh("password") == "p3" and app.db.password == "p3"


def test_a_model_without_a_backend_says_so():
    app = App(stage="prod", db={})
    for read in (lambda: app.key, lambda: app.db.password, app.prefetch, lambda: app.refresh("key")):
        with pytest.raises(ConfigError, match="no backend is set on the root model App"):
            read()
    app.backend = Mock(DATA)
    assert app.key == "k"


def test_validate_fetch_reads_all_at_once(batched):
    class Strict(App, validate="fetch"):
        pass

    backend = batched(DATA)
    app = Strict(stage="prod", db={}, backend=backend)
    assert [sorted(batch) for batch in backend.batches] == [["/key", "/prod/cache/url", "/prod/db/password"]]
    assert backend.calls == [] and app.db.password == "p"
    with pytest.raises(SecretNotFoundError, match=r"2 of 3 failed: .*Db\.password.*Cache\.url"):
        Strict(stage="nowhere", db={}, backend=backend)
    with pytest.raises(ConfigError, match="no backend"):
        class Plain(SecretModel, validate="fetch"):
            key: str = Secret("/key")

        Plain()


def test_keywords_are_checked_and_inherited():
    for keyword in ({"validate": "path"}, {"batch": "all"}, {"stale_on_error": "yes"}):
        with pytest.raises(ConfigError, match="is none of"):
            type("Wrong", (SecretModel,), {}, **keyword)

    class Base(SecretModel, validate="none"):
        pass

    class Derived(Base):
        x: str = Secret("/{nowhere}")

    Derived(backend=Mock())


def test_one_missing_name_does_not_lose_the_others(batched):
    class Three(SecretModel):
        a: str = Secret("/a")
        b: str = Secret("/b")
        c: int = Secret("/c")

    backend = batched({"/a": "1", "/c": "x"})
    app = Three(backend=backend)
    with pytest.raises(ConfigError, match=r"2 of 3 failed: .*Three\.b.*Three\.c"):
        app.prefetch()
    backend.calls.clear()
    assert app.a == "1" and backend.calls == []
    backend.data.update({"/b": "2", "/c": "3"})
    app.prefetch()
    assert (app.b, app.c) == ("2", 3)


def test_the_first_miss_reads_the_model(batched):
    class Eager(App, batch="model"):
        never: str = Secret("/never", ttl=0)
        missing: str = Secret("/missing")

    backend = batched({**DATA, "/never": "n"})
    app = Eager(stage="prod", db={}, backend=backend)
    assert app.key == "k"
    before = len(backend.batches), len(backend.calls)
    assert (app.db.password, app.db.cache.url) == ("p", "u")
    assert before == (len(backend.batches), len(backend.calls)) and "/never" not in backend.calls
    with pytest.raises(SecretNotFoundError, match=r"Eager\.missing"):
        app.missing
    assert app.never == app.never == "n" and backend.calls.count("/never") == 2


def test_versions_are_in_the_batch():
    class Two(SecretModel):
        now: str = Secret("/x")
        then: str = Secret("/x", version=2)
        text: str = Secret("/y", version="2")
        label: str = Secret("/x", version="stable")

    backend = Mock({"/x": "now"}, versions={("/x", 2): "then", ("/y", "2"): "text", ("/x", "stable"): "label"})
    app = Two(backend=backend)
    app.prefetch()
    app.prefetch()
    assert len(backend.calls) == 4
    assert (app.now, app.then, app.text, app.label) == ("now", "then", "text", "label")
    assert {(source.path, source.pinned) for source in app.sources()} >= {("/x", None), ("/x", "2"), ("/x", "stable")}


def test_a_value_that_could_not_be_converted_is_asked_for_again():
    class One(SecretModel):
        port: int = Secret("/port")

    backend = Mock({"/port": "x"})
    app = One(backend=backend)
    for _ in range(2):
        with pytest.raises(ConfigError):
            app.port
    backend.data["/port"] = "80"
    assert app.port == 80 and app.port == 80
    assert len(backend.calls) == 3


def test_literal_braces_and_what_fills_placeholders():
    class Stage(str, Enum):
        prod = "prod"

    class Paths(SecretModel):
        stage: Stage
        number: int
        nothing: str | None = None
        hidden: SecretStr = SecretStr("x")
        words: list[str]
        braces: str = Secret("/{{x}}")
        filled: str = Secret("/{stage}/{number}/{nothing}")
        hides: str = Secret("/{hidden}")
        moving: str = Secret("/{words}")

    backend = Mock({"/{x}": "b", "/prod/7/None": "f", "/['a']": "1", "/['a', 'b']": "2"})
    app = Paths(stage=Stage.prod, number=7, words=["a"], backend=backend)
    assert (app.braces, app.filled, app.moving) == ("b", "f", "1")
    app.words.append("b")
    assert app.moving == "2"
    with pytest.raises(ConfigError, match="hides its text"):
        app.hides


def test_what_pydantic_does_with_models_still_works():
    T = TypeVar("T")

    class Base(SecretModel):
        model_config = ConfigDict(validate_assignment=True)
        stage: str = "prod"
        port: int = Secret("/{stage}/port")

        @computed_field
        @property
        def doubled(self) -> int:
            return self.port * 2

    class Derived(Base, Generic[T]):
        other: T
        key: str = Secret("/key")
        seen: list[str] = []

        @model_validator(mode="after")
        def look(self):
            self.seen.append("after")
            return self

    class Mixed(Derived[int]):
        stage: str = "dev"

    app = Mixed(other="3", backend=Mock({"/dev/port": "1", "/prod/port": "2", "/key": "k"}))
    assert (app.port, app.key, app.other, app.doubled, app.seen) == (1, "k", 3, 2, ["after"])
    app.stage = "prod"
    assert app.port == 2
    assert app.model_dump(exclude={"backend"})["port"] == "***"
    assert "port" in Mixed.model_fields and not hasattr(Mixed, "port")
    with pytest.raises(AttributeError, match="nowhere"):
        app.nowhere


def test_a_secret_replaced_in_a_subclass():
    class Base(SecretModel):
        x: str = Secret("/x")

    class Derived(Base):
        x: int = Secret("/y")

        def both(self):
            return super().x

    app = Derived(backend=Mock({"/x": "text", "/y": "5"}))
    assert app.x == 5 and app.both() == 5


def test_forward_references():
    namespace = {"Secret": Secret, "SecretModel": SecretModel}
    exec(
        "from __future__ import annotations\n"
        "class Late(SecretModel):\n    x: Port = Secret('/x')\n    y: int = Secret('/y')\n"
        "Port = int\nLate.model_rebuild()",
        namespace,
    )
    late = namespace["Late"](backend=Mock({"/x": "80", "/y": "81"}))
    assert (late.x, late.y) == (80, 81)


def test_typed():
    class Inner(BaseModel):
        number: int

    class Typed(SecretModel, typed=True):
        port: Annotated[int, Field(gt=0, lt=65536)] = Secret("/port")
        inner: Inner = Secret("/inner")
        hidden: SecretStr = Secret("/hidden")
        ports: list[int] = Secret("/ports")
        odd: int = Secret("/odd", transform=lambda raw: raw)

    data = {"/port": "80", "/inner": '{"number": "5"}', "/hidden": "h", "/ports": "[1, 2]", "/odd": "x"}
    app = Typed(backend=(backend := Mock(data)))
    assert (app.port, app.inner, app.ports, app.odd) == (80, Inner(number=5), [1, 2], "x")
    assert app.hidden.get_secret_value() == "h"
    backend.data["/port"] = "70000"
    with pytest.raises(ConfigError, match=r"Typed\.port.*less than 65536"):
        app.refresh("port")
    backend.data["/inner"] = '{"number": "x"}'
    with pytest.raises(ConfigError, match=r"number: Input should be a valid integer"):
        app.refresh("inner")


def test_override():
    backend = Mock(DATA)
    app = App(stage="prod", db={}, backend=backend)
    assert app.key == "k"
    with app.override({"db.password": 1, "db.cache.url": "v"}, key="o") as same:
        assert same is app and (app.key, app.db.password, app.db.cache.url) == ("o", 1, "v")
        with app.override(key=None), app.db.override(password=2):
            assert (app.key, app.db.password) == (None, 2) and app.refresh("key") is None
        assert (app.key, app.db.password) == ("o", 1)
        app.prefetch()
        seen = []
        thread = threading.Thread(target=lambda: seen.append(app.key))
        thread.start()
        thread.join()
        assert seen == ["o"]
    assert (app.key, app.db.password) == ("k", "p") and backend.calls == [("/key", None), ("/prod/db/password", None)]
    with app.override(backend=Mock({"/key": "other", "/prod/db/password": "q"})):
        assert (app.key, app.db.password) == ("other", "q")
    assert (app.key, app.db.password) == ("k", "p") and len(backend.calls) == 2
    with pytest.raises(ConfigError, match="not a secret field of App"):
        app.override(stage="x")
    with pytest.raises(ZeroDivisionError), app.override(key="x"):
        1 / 0
    assert app.key == "k"


def test_sources_say_all_but_the_value():
    app = App(stage="prod", db={}, backend=Mock(DATA))
    assert app.sources() == []
    assert app.key == app.key == app.key == "k"
    [source] = app.sources()
    assert (source.path, source.pinned, source.backend, source.hits, source.error) == (
        "/key",
        None,
        "the backend Mock",
        2,
        None,
    )
    assert 0 <= source.age < 60


def test_subscribers_hear_of_changes():
    backend = Mock(DATA)
    app = App(stage="prod", db={}, backend=backend)
    changes, others = [], []
    subscription = app.subscribe(changes.append)

    def reads(change):
        others.append((change.path, app.db.password))
        raise RuntimeError("it is logged")

    assert app.db.password == "p" and app.key == "k"
    with app.subscribe(reads):
        backend.data["/prod/db/password"] = "p2"
        app.refresh("key")
        assert changes == []
        app.db.refresh("password")
        assert [(change.path, change.fields) for change in changes] == [("/prod/db/password", ("db.password",))]
        assert others == [("/prod/db/password", "p2")]
    backend.data["/key"] = "k2"
    app.refresh_all()
    app.prefetch()
    assert [change.path for change in changes] == ["/prod/db/password", "/key"] and len(others) == 1
    subscription.cancel()
    subscription.cancel()
    backend.data["/key"] = "k3"
    app.refresh("key")
    assert len(changes) == 2


def test_a_transform_may_read_and_refresh(scripted):
    class Reentrant(SecretModel):
        first: str = Secret("/first", transform=lambda raw: f"{raw}{app.second}")
        second: str = Secret("/second", transform=lambda raw: raw + app.third)
        third: str = Secret("/third")
        again: str = Secret("/again", transform=lambda raw: f"{raw}{app.refresh('third')}{app.depth()}")

        def depth(self):
            return "." if self.third == "3" else ""

    backend = scripted({"/first": "1", "/second": "2", "/third": "3", "/again": "4"})
    app = Reentrant(backend=backend)
    assert app.first == "123" and app.again == "43."
    backend.data.pop("/third")
    app.refresh_all()
    with pytest.raises(SecretNotFoundError, match=r"Reentrant\.third"):
        app.first


class Client(AsyncBackend):
    """Belongs to the first event loop that uses it, like HTTP clients."""

    def __init__(self, data):
        self.data, self.loop, self.running, self.most = data, None, 0, 0

    async def get(self, path, *, version=None):
        loop = asyncio.get_running_loop()
        self.loop = self.loop or loop
        assert self.loop is loop
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.01)
        self.running -= 1
        if path not in self.data:
            raise SecretNotFoundError(f"nothing at {path}")
        return self.data[path]


class Coroutine(Backend):
    async def get(self, path, *, version=None):
        await asyncio.sleep(0)
        return f"{path}@{version}"


def test_backends_of_coroutines():
    backend = Client(DATA)
    app = App(stage="prod", db={}, backend=backend)
    assert app.key == "k"
    app.prefetch()
    assert backend.most == 2

    async def in_a_loop():
        assert (app.db.password, await app.aget("db.cache.url")) == ("p", "u")
        app.refresh_all()
        # A read that blocks this loop while a thread reads the same secret.
        reading = asyncio.create_task(app.aget("db.password"))
        await asyncio.sleep(0)
        assert app.db.password == "p" == await reading
        with pytest.raises(SecretNotFoundError):
            app.stage = "nowhere"
            await app.aget("db.password")

    asyncio.run(in_a_loop())
    assert App(stage="prod", db={}, backend=Retrying(Coroutine())).key == "/key@None"


def test_aget_and_aprefetch_let_the_loop_go_on(scripted):
    backend = scripted(DATA, delay=0.05)
    app = App(stage="prod", db={}, backend=backend)

    async def reads():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        ticking = asyncio.create_task(tick())
        values = await asyncio.gather(*(app.aget("key") for _ in range(10)))
        assert values == ["k"] * 10 and backend.calls == ["/key"]
        await app.aprefetch()
        assert len(backend.calls) == 3
        ticking.cancel()
        assert ticks > 20
        with pytest.raises(TakkError, match="not a secret field"):
            await app.aget("stage")

    asyncio.run(reads())


def test_an_exception_of_its_own_stays_what_it_is(scripted):
    class Busy(TransientError):
        def __init__(self, seconds):
            super().__init__(f"busy for {seconds} s", retry_after=0.001)
            self.seconds = seconds

    backend = scripted({})
    backend.failure = lambda _: Busy(3)
    seen = []
    app = App(stage="prod", db={}, backend=Retrying(backend, base_delay=0, on_retry=lambda *told: seen.append(told)))
    with pytest.raises(Busy) as caught:
        app.key
    assert caught.value.seconds == 3 and [type(told[1]) for told in seen] == [Busy, Busy]
    assert len(backend.calls) == 3


def test_an_interrupt_goes_on_as_it_is(scripted):
    backend = scripted({})
    backend.failure = lambda _: KeyboardInterrupt()  # type: ignore[assignment, return-value]
    with pytest.raises(KeyboardInterrupt):
        App(stage="prod", db={}, backend=backend).key


def test_callbacks_of_retrying(scripted, caplog):
    backend = scripted({})
    backend.failure = lambda _: SecretNotFoundError("not there yet")
    delays = []

    def backoff(attempt):
        delays.append(attempt)
        return 0.001

    def on_retry(attempt, error, delay):
        raise RuntimeError("a hook that is broken")

    retrying = Retrying(
        backend,
        max_attempts=4,
        is_retryable=lambda error: isinstance(error, SecretNotFoundError),
        backoff=backoff,
        on_retry=on_retry,
    )
    with pytest.raises(SecretNotFoundError):
        retrying.get("/x")
    assert delays == [1, 2, 3] and len(backend.calls) == 4 and "attempt 1 of 4" in caplog.text
    assert "on_retry raised RuntimeError" in caplog.text
    start = time.monotonic()
    with pytest.raises(SecretNotFoundError):
        Retrying(backend, is_retryable=lambda _: True, backoff=lambda _: 60, total_timeout=1).get("/x")
    assert time.monotonic() - start < 1


def test_what_is_no_backend_or_gives_no_text():
    class Number(Backend):
        def get(self, path, *, version=None):
            return 5

    with pytest.raises(ConfigError, match=r"App\.key.*it gave a int"):
        App(stage="prod", db={}, backend=Number()).key
    with pytest.raises(ValueError, match="backend"):
        App(stage="prod", db={}, backend=object())
    with pytest.raises(ConfigError):
        Retrying(object())  # type: ignore[arg-type]


def test_a_missing_variable_at_fetch_time():
    class Open(SecretModel, validate="none"):
        x: str = Secret("/{nowhere}")

    with pytest.raises(MissingContextVariableError, match=r"Open\.x"):
        Open(backend=Mock()).x


def test_a_model_as_a_default_is_made_by_a_factory():
    class Parent(SecretModel):
        stage: str = "prod"
        db: Db = Db()

    with pytest.raises(NotImplementedError, match=r"Field\(default_factory=Db\)"):
        Parent(backend=Mock(DATA))


class Prefixed(Env):
    """A native backend whose reads the program customizes."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def get(self, path: str, *, version: int | str | None = None) -> str:
        self.asked.append(path)
        return super().get(f"/shop{path}", version=version)


@pytest.mark.parametrize("around", [lambda inner: inner, Chain, Retrying], ids=["alone", "chain", "retrying"])
def test_a_subclass_of_a_native_backend_reads_in_its_own_way(around, monkeypatch):
    class Two(SecretModel):
        a: str = Secret("/a")
        b: str = Secret("/b")

    monkeypatch.setenv("SHOP_A", "1")
    monkeypatch.setenv("SHOP_B", "2")
    prefixed = Prefixed()
    app = Two(backend=around(prefixed))
    app.prefetch()
    assert (app.a, app.b) == ("1", "2") and app.refresh("a") == "1"
    assert sorted(prefixed.asked) == ["/a", "/a", "/b"]


def test_a_subclass_of_a_native_backend_reads_many_in_its_own_way(monkeypatch):
    class Many(Env):
        def get_batch(self, paths: list[str]) -> dict[str, str]:
            return {path: text.upper() for path, text in super().get_batch(paths).items()}

    class Two(SecretModel):
        a: str = Secret("/a")
        b: str = Secret("/b")

    monkeypatch.setenv("A", "x")
    monkeypatch.setenv("B", "y")
    app = Two(backend=Many())
    app.prefetch()
    assert (app.a, app.b) == ("X", "Y")
