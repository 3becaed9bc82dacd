"""The exceptions: those of `takk.runtime`, so that code which catches either name catches both."""

from takk.runtime import AuthError, ConfigError, MissingContextVariableError, SecretNotFoundError, TransientError
from takk.runtime import TakkError as VaultlyError

__all__ = [
    "AuthError",
    "ConfigError",
    "MissingContextVariableError",
    "SecretNotFoundError",
    "TransientError",
    "VaultlyError",
]
