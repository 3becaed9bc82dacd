"""Removes a secret from the exception that its conversion raised, which otherwise stays the same exception."""

from takk.runtime._errors import RedactedError, TakkError

_QUOTED = r"""b?(['"]).*\1"""


def redacted(error: BaseException, raw: str) -> BaseException:
    """The same exception without the secret in its texts; a replacement if they cannot be changed."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        if not _clean(link, raw):
            if link is error:
                return RedactedError(f"{type(error).__name__}; its text has the secret in it and is not shown")
            error.__cause__ = error.__context__ = None
            break
        link = link.__cause__ or link.__context__
    return error


def _clean(error: BaseException, raw: str) -> bool:
    try:
        if json_place(error) is not None:
            setattr(error, "doc", "")
        elif isinstance(error, (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError)):
            setattr(error, "object", type(error.object)())
            error.args = tuple(argument if isinstance(argument, int) else "***" for argument in error.args)
        else:
            # `int` and `float` quote what they cannot parse, including what a transform derived from the secret.
            quotes = isinstance(error, ValueError) and not isinstance(error, TakkError)
            error.args = tuple(_cleaned(argument, raw, quotes) for argument in error.args)
        for name, value in list(vars(error).items()):
            if not isinstance(value, (int, float, type(None))) and _has(value, raw):
                setattr(error, name, "***")
        return not any(_has(text, raw) for text in (str(error), repr(error)))
    except Exception:
        return False


def _cleaned(argument: object, raw: str, quotes: bool) -> object:
    if isinstance(argument, str):
        text = argument.replace(raw, "***") if raw else argument
        if not quotes:
            return text
        import re

        return re.sub(_QUOTED, "'***'", text, flags=re.DOTALL)
    if isinstance(argument, (int, float, type(None))) and str(argument) != raw:
        return argument
    return "***" if _has(argument, raw) else argument


def _has(value: object, raw: str) -> bool:
    if not raw:
        return False
    text = value if isinstance(value, str) else repr(value)
    # A `repr` has the escaped form of the text.
    return raw in text or repr(raw)[1:-1] in text


def json_place(error: BaseException) -> str | None:
    """The message and position of a `JSONDecodeError`. `None` for others. (`json` takes a while to import, and may not be needed.)"""
    if type(error).__name__ != "JSONDecodeError" or not hasattr(error, "doc"):
        return None
    says = [getattr(error, name, "") for name in ("msg", "lineno", "colno")]
    return "{} at line {} column {}".format(*says)
