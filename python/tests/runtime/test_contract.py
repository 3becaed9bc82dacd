"""Generated strings × annotations and templates × contexts, compared with a straightforward implementation of the contract."""

import itertools
import json
import random
import string
import types
from typing import Any, Optional, Union, get_args, get_origin

import pytest

from takk.runtime import ConfigError, Mock, Secret, SecretModel

ANNOTATIONS = [str, int, float, bool, dict, list, dict[str, int], list[int], Optional[int], bool | None, int | str, bytes, Any]
PIECES = ["", " ", "\n", "1", "0", "-", "+", "_", ".", "e", "true", "On", "no", "off", "nan", "inf", "{}", "[", "]", '"a"', "x"]
PIECES += ["\u0664", "\u00a0", "\x1c", "null", "0x1", "1_0", "TRUE", "\ufeff"]


def cast(raw: str, annotation: Any) -> Any:
    """The table in the seed, with the additions of the design."""
    if get_origin(annotation) in (Union, types.UnionType):
        arms = [arm for arm in get_args(annotation) if arm is not type(None)]
        if len(arms) == 1:
            annotation = arms[0]
    target = get_origin(annotation) or annotation
    if target is int:
        return int(raw)
    if target is float:
        return float(raw)
    if target is bool:
        low = raw.strip().lower()
        if low in ("true", "1", "yes", "on"):
            return True
        if low in ("false", "0", "no", "off"):
            return False
        raise ValueError
    if target in (dict, list):
        return json.loads(raw)
    return raw


def outcome(action: Any) -> tuple[str, str]:
    """A value with its type, or a failure. (`nan` does not equal itself, but its text does.)"""
    try:
        value = action()
    except (ValueError, ConfigError) as error:
        assert not isinstance(error, ConfigError) or "\n" not in str(error)
        return "failed", ""
    return type(value).__name__, repr(value)


@pytest.mark.parametrize("annotation", ANNOTATIONS, ids=str)
def test_casts(annotation):
    class App(SecretModel):
        x: annotation = Secret("/x")

    texts = ["".join(pieces) for count in (1, 2) for pieces in itertools.product(PIECES, repeat=count)]
    dice = random.Random(15)
    texts += ["".join(dice.choices(PIECES, k=dice.randint(3, 6))) for _ in range(500)]
    for text in texts:
        app = App(backend=Mock({"/x": text}))
        assert outcome(lambda: app.x) == outcome(lambda: cast(text, annotation)), text


CONTEXT = {"stage": "prod", "number": 7, "nothing": None, "braces": "{stage}", "empty": ""}
PARTS = ["/", "{stage}", "{number}", "{nothing}", "{braces}", "{empty}", "{{", "}}", "{{stage}}", "x.y", "{nowhere}", "{backend}"]
PARTS += ["{secret}", "{", "}", "{}", "{0}", "{stage.x}", "{stage[0]}", "{stage!r}", "{number:>3}", "{ stage}"]


def filled(template: str) -> str | None:
    """The template formatted by `str.format`, if it only contains names of the context; otherwise `None`."""
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return None
    for _, name, form, conversion in fields:
        if name is not None and (name not in CONTEXT or form or conversion):
            return None
    return template.format(**CONTEXT)


def test_templates():
    templates = ["".join(parts) for count in (1, 2) for parts in itertools.product(PARTS, repeat=count)]
    dice = random.Random(15)
    templates += ["".join(dice.choices(PARTS, k=dice.randint(3, 5))) for _ in range(300)]
    good = 0
    for template in templates:

        class App(SecretModel, validate="none"):
            stage: str
            number: int
            nothing: str | None
            braces: str
            empty: str
            secret: str = Secret("/secret")
            x: str = Secret(template)

        class Checked(App, validate="paths"):
            pass

        expected = filled(template)
        backend = Mock({} if expected is None else {expected: "value"})
        app = App(**CONTEXT, backend=backend)
        if expected is None:
            for fails in (lambda: app.x, lambda: Checked(**CONTEXT, backend=backend)):
                with pytest.raises(ConfigError) as caught:
                    fails()
                assert "secret field" in str(caught.value)
            assert backend.calls == []
        else:
            good += 1
            assert app.x == Checked(**CONTEXT, backend=backend).x == "value", template
    assert good > 100
