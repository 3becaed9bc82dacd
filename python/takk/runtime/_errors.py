"""Why a secret could not be read. No error contains a value, a token or a password."""

import threading
from collections.abc import Sequence


class TakkError(Exception):
    """Base of every exception that `takk.runtime` raises.

    `hints` says what to do, each a sentence or a command; `retry_after` is how many seconds the backend asks clients to wait.
    """

    hints: tuple[str, ...] = ()
    retry_after: float | None = None

    def __init__(self, message: str = "", *, hints: Sequence[str] = (), retry_after: float | None = None) -> None:
        super().__init__("; ".join([message, *hints]))
        if hints:
            self.hints = tuple(hints)
        if retry_after is not None:
            self.retry_after = retry_after


class ConfigError(TakkError):
    """The model or its configuration is wrong, or a value does not fit the type of its field."""


class MissingContextVariableError(ConfigError):
    """A path has a `{variable}` that is no field of the root model."""


class SecretNotFoundError(TakkError):
    """The secret, its version or its field does not exist."""


class AuthError(TakkError):
    """The backend rejects the credentials, or does not authorize the read."""


class TransientError(TakkError):
    """The backend cannot be reached or cannot respond now. The only kind that is worth retrying."""


class ArgumentError(ConfigError, ValueError):
    """An argument that cannot be used. `except ValueError` catches it too."""


class RedactedError(Exception):
    """Replaces an exception whose text contains a secret and cannot be changed."""


_KINDS: dict[str, type[TakkError]] = {
    "config": ConfigError,
    "missing_variable": MissingContextVariableError,
    "not_found": SecretNotFoundError,
    "auth": AuthError,
    "transient": TransientError,
}

Parts = tuple[str, str, list[str], float | None]
"""A failure as the native module represents it: kind, message, hints, seconds to wait."""


class _Raised(threading.local):
    """The exceptions that custom backends raised on this thread: the native module only carries their parts."""

    errors: list[tuple[str, str, BaseException]] | None = None


_raised = _Raised()


def made(kind: str, message: str, hints: list[str], wait: float | None, subject: str) -> BaseException:
    """Creates the exception for a failure; called by the native module."""
    for known, text, error in _raised.errors or ():
        if (known, text) == (kind, message):
            return error
    return _KINDS[kind](f"{subject}: {message}" if subject else message, hints=hints, retry_after=wait)


def forget_raised() -> None:
    """Drops what custom backends raised on this thread."""
    if _raised.errors is not None:
        _raised.errors = None


def parts(error: BaseException, where: str) -> Parts:
    """The failure for an exception of a custom backend. `where` says what was being done."""
    if isinstance(error, TakkError):
        kind = next((kind for kind in reversed(_KINDS) if isinstance(error, _KINDS[kind])), "config")
        message, hints = str(error), list(error.hints)
        ending = "".join(f"; {hint}" for hint in hints)
        if ending and message.endswith(ending):
            message = message[: -len(ending)]
        if type(error) not in _KINDS.values():
            _remember(kind, message, error)
        return kind, message, hints, error.retry_after
    message = f"{where}: it raised {type(error).__name__}{_place(error)}"
    if not isinstance(error, Exception):
        # An interrupt or an exit propagates unchanged.
        _remember("config", message, error)
    return _foreign_kind(error), message, [], None


def _remember(kind: str, message: str, error: BaseException) -> None:
    if _raised.errors is None:
        _raised.errors = []
    _raised.errors.append((kind, message, error))


def _foreign_kind(error: BaseException) -> str:
    if isinstance(error, PermissionError):
        return "auth"
    if isinstance(error, LookupError):
        return "not_found"
    mistakes = (ArithmeticError, AssertionError, AttributeError, ImportError, NameError, TypeError, ValueError)
    if not isinstance(error, Exception) or isinstance(error, mistakes):
        return "config"
    return "transient"


def _place(error: BaseException) -> str:
    """Where it was raised: its text may contain anything, and is not shown."""
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
