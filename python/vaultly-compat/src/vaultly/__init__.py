"""vaultly over `takk.runtime`: the names of vaultly 1.0.0, for code that imports them.

`AWSSSMBackend` and `VaultBackend` are in `vaultly.backends.aws_ssm` and `vaultly.backends.vault`.
"""

from vaultly import _log
from vaultly.backends.base import Backend
from vaultly.backends.env import EnvBackend
from vaultly.backends.retrying import RetryingBackend
from vaultly.core.model import SecretModel
from vaultly.core.secret import Secret
from vaultly.errors import (
    AuthError,
    ConfigError,
    MissingContextVariableError,
    SecretNotFoundError,
    TransientError,
    VaultlyError,
)
from vaultly.testing.mock import MockBackend

_log.forward()

__all__ = [
    "AuthError",
    "Backend",
    "ConfigError",
    "EnvBackend",
    "MissingContextVariableError",
    "MockBackend",
    "RetryingBackend",
    "Secret",
    "SecretModel",
    "SecretNotFoundError",
    "TransientError",
    "VaultlyError",
]
