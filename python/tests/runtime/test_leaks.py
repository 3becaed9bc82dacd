"""No secret appears in an exception, its causes, its traceback, a log, a repr or a dump."""

import copy
import json
import logging
import pickle
import traceback
from typing import Annotated, Literal

import pydantic
import pytest
from pydantic import AfterValidator

from takk.runtime import ConfigError, Mock, Secret, SecretModel, TakkError

VALUE = "hunter2-is-the-secret"


def everything_of(error: BaseException) -> str:
    """Everything that an error handler could record: texts, attributes, causes, and the variables of all frames."""
    texts, link = [], error
    while link is not None:
        texts += [str(link), repr(link), repr(link.args), repr(vars(link))]
        for name in ("doc", "object", "filename", "name"):
            texts.append(repr(getattr(link, name, None)))
        # Skips the frames of this file, which contain the secret that they search for.
        for frame, _ in traceback.walk_tb(link.__traceback__):
            if frame.f_code.co_filename != __file__:
                texts.append(repr(frame.f_locals))
        link = link.__cause__ or link.__context__
    return "\n".join([*texts, *traceback.format_exception(error)])


def refuses(raw):
    raise ValueError(f"cannot use {raw}")


def refuses_bytes(raw):
    raise RuntimeError(raw.encode(), {"value": raw})


def refuses_after(raw):
    try:
        int(raw)
    except ValueError as error:
        raise LookupError("no number") from error


def refuses_with_attribute(raw):
    error = RuntimeError("it is wrong")
    error.value = raw
    raise error


class Inner(pydantic.BaseModel):
    number: int


TRANSFORMS = [
    int,
    float,
    json.loads,
    lambda raw: json.loads(f"{{{raw}"),
    lambda raw: bytes.fromhex(raw),
    lambda raw: raw.encode().decode("utf-16"),
    lambda raw: f"{raw}\xe9".encode("ascii"),
    lambda raw: {}[raw],
    lambda raw: Inner(number=raw),
    lambda raw: Inner.model_validate_json(raw),
    lambda raw: int(raw[::-1]),
    refuses,
    refuses_bytes,
    refuses_after,
    refuses_with_attribute,
]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_transforms(transform, caplog):
    class App(SecretModel):
        y: str = Secret("/y", transform=transform)

    caplog.set_level(logging.DEBUG)
    app = App(backend=Mock({"/y": VALUE}))
    for read in (lambda: app.y, app.prefetch, lambda: app.refresh("y")):
        with pytest.raises(ConfigError) as caught:
            read()
        assert caught.value.__cause__ is not None
        told = everything_of(caught.value).replace(repr(app.backend.data), "")
        assert VALUE not in told and VALUE[::-1] not in told and VALUE not in caplog.text


def never(value):
    raise ValueError(f"never {value}")


@pytest.mark.parametrize("annotation", [int, float, bool, dict, list, dict[str, int], int | None])
def test_casts(annotation):
    class App(SecretModel):
        y: annotation = Secret("/y")

    with pytest.raises(ConfigError) as caught:
        App(backend=Mock({"/y": VALUE})).y
    assert VALUE not in everything_of(caught.value)


@pytest.mark.parametrize(
    "annotation", [int, Inner, list[int], Literal["a"], Annotated[str, AfterValidator(never)], dict[str, Inner]]
)
@pytest.mark.parametrize("raw", [VALUE, f'{{"number": "{VALUE}"}}', f'["{VALUE}"]', f'{{"a": {{"number": "{VALUE}"}}}}'])
def test_typed_casts(annotation, raw):
    class App(SecretModel, typed=True):
        y: annotation = Secret("/y")

    with pytest.raises(ConfigError) as caught:
        App(backend=Mock({"/y": raw})).y
    assert VALUE not in everything_of(caught.value)


class App(SecretModel):
    stage: str = "prod"
    y: str = Secret("/y")
    n: int = Secret("/n")


@pytest.fixture
def app():
    app = App(backend=Mock({"/y": VALUE, "/n": "4711"}))
    assert (app.y, app.n) == (VALUE, 4711)
    return app


def test_shown_and_dumped(app):
    shown = [repr(app), str(app), app.model_dump(), app.model_dump_json(), dict(app), vars(app), app.sources()]
    shown += [repr(App.model_fields), app.backend, list(app.__repr_args__()), app.__rich_repr__ and list(app.__rich_repr__())]
    shown += [app.model_dump(warnings="error"), pydantic.TypeAdapter(App).dump_python(app), f"{app}"]
    assert all(VALUE not in repr(item) and "4711" not in repr(item) for item in shown), shown
    assert app.model_dump() == {"stage": "prod", "y": "***", "n": "***"}


def test_copies_and_pickles_are_refused(app):
    class Parent(SecretModel):
        app: App

    parent = Parent(app=app)
    ways = [copy.copy, copy.deepcopy, pickle.dumps, lambda model: model.model_copy(), lambda model: model.copy()]
    ways += [lambda model, protocol=protocol: pickle.dumps(model, protocol) for protocol in range(6)]
    if hasattr(copy, "replace"):
        ways.append(lambda model: copy.replace(model, stage="dev"))
    for model in (app, parent):
        for way in ways:
            with pytest.raises(NotImplementedError):
                way(model)


def test_a_value_cannot_be_given(app):
    for give in (
        lambda: App(y=VALUE),
        lambda: App.model_validate({"y": VALUE}),
        lambda: setattr(app, "y", VALUE),
        lambda: object.__setattr__(app, "y", VALUE),
        lambda: delattr(app, "y"),
    ):
        with pytest.raises(ConfigError, match=r"App\.y.*override") as caught:
            give()
        assert VALUE not in str(caught.value)
    # A dump can be validated again.
    assert App.model_validate(app.model_dump()).model_dump() == app.model_dump()
    assert VALUE not in repr(App.model_construct(y=VALUE)) and VALUE not in App.model_construct(y=VALUE).model_dump_json()


def test_a_backend_that_puts_a_secret_into_its_errors(scripted):
    backend = scripted({})
    backend.failure = lambda _: RuntimeError(f"token {VALUE} is no good")
    with pytest.raises(TakkError) as caught:
        App(backend=backend).y
    assert VALUE not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"
