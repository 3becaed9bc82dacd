"""From the text of a secret to the value of its field: the cast rules of `Secret`."""

import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from takk.runtime._errors import ConfigError, TakkError
from takk.runtime._redact import json_place, redacted
from takk.runtime._secret import MASK

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from takk import _native

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})

Cast = Callable[[str], Any]


def cast_for(annotation: Any) -> Cast | None:
    """The cast of an annotation. `None` if the text is the value.

    | Annotation | Cast |
    |---|---|
    | `str` | passthrough |
    | `int` / `float` | direct |
    | `bool` | true/1/yes/on, false/0/no/off (case-insensitive) |
    | `dict` / `list` | `json.loads` |
    | `T | None` (Optional) | unwrapped to `T`, then the rule for `T` applies |
    | anything else | raw string |
    """
    target = _unwrapped(annotation)
    target = get_origin(target) or target
    if target is int:
        return int
    if target is float:
        return float
    if target is bool:
        return _bool
    if target is dict or target is list:
        return _json
    return None


def _unwrapped(annotation: Any) -> Any:
    """Without `Annotated`, and without the `None` of a union of two. Other unions are ambiguous."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if origin is Union or origin is types.UnionType:
        arms = [arm for arm in get_args(annotation) if arm is not type(None)]
        if len(arms) == 1 and len(get_args(annotation)) == 2:
            return _unwrapped(arms[0])
    return annotation


def _json(raw: str) -> Any:
    import json

    return json.loads(raw)


def _bool(raw: str) -> bool:
    word = raw.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("it is none of true, 1, yes, on, false, 0, no, off")


def typed_cast_for(annotation: Any, metadata: list[Any]) -> Cast:
    """The cast of `typed=True`: pydantic validates the text against the field's full type, and as JSON if it rejects the text."""
    from pydantic import TypeAdapter

    parts = (annotation, *metadata)
    whole: Any = Annotated[parts] if metadata else annotation
    adapter: TypeAdapter[Any] = TypeAdapter(whole)
    return lambda raw: _validated(adapter, raw)


def _validated(adapter: "TypeAdapter[Any]", raw: str) -> Any:
    from pydantic import ValidationError

    try:
        return adapter.validate_python(raw)
    except ValidationError as error:
        refusal = error
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        # Text that parses as JSON was meant as JSON, so the errors about its contents are reported.
        if not any(problem["type"] == "json_invalid" for problem in error.errors(include_input=False, include_context=False)):
            refusal = error
    problems = refusal.errors(include_input=False, include_context=False, include_url=False)
    # The message of a program's validator may quote the value.
    own = ("value_error", "assertion_error")
    says = [problem["type"] if problem["type"] in own else problem["msg"].replace(raw or "\0", "***") for problem in problems]
    at = [".".join(map(str, problem["loc"])) for problem in problems]
    raise ValueError(", ".join(f"{place}: {text}" if place else text for place, text in zip(at, says))) from None


def converted(cast: Cast, is_transform: bool, read: "_native.Read", subject: str) -> Any:
    """Converts a text that was read. Raises `ConfigError`, with the redacted exception of the cast as its cause.

    Tools that show the variables of a traceback do not find the secret: callers only have `read`, and other frames are cleared.
    """
    raw = read.text
    try:
        return cast(raw)
    except Exception as error:
        cause = redacted(error, raw)
        name = type(error).__name__
        at = json_place(error)
        # A transform may read other secrets: an exception of that is not about this one.
        is_about_another = cause is error and isinstance(error, TakkError)
    finally:
        raw = MASK
    from traceback import clear_frames

    clear_frames(cause.__traceback__)
    if is_about_another:
        raise cause
    if is_transform:
        what = f"its transform raised {name}"
    elif at is not None:
        what = f"it is not JSON: {at}"
    elif cast is int or cast is float:
        what = f"it is not {'an integer' if cast is int else 'a number'}"
    else:
        what = str(cause)
    hints = [] if is_transform else ["correct the stored value, or the type of the field"]
    raise ConfigError(f"{subject}: failed to cast the value: {what}", hints=hints) from cause
