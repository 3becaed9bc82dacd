"""Secret paths at run time: models whose secret fields are read from a backend when they are first used.

    class App(SecretModel):
        stage: str
        db_password: str = Secret("/{stage}/db/password", ttl=60)

    app = App(stage="prod", backend=Env())
    app.db_password
"""

from takk.runtime import _extension  # noqa: F401 # First: it says what is wrong if the extension cannot be imported.
from takk.runtime._backends import AsyncBackend, Backend, Chain, Env, Mock, Retrying
from takk.runtime._errors import (
    ArgumentError,
    AuthError,
    ConfigError,
    MissingContextVariableError,
    RedactedError,
    SecretNotFoundError,
    TakkError,
    TransientError,
)
from takk.runtime._model import SecretModel
from takk.runtime._remote import AppRole, Dotenv, Jwt, Kubernetes, Ssm, Vault, backend_from_env, backend_from_project
from takk.runtime._secret import Secret
from takk.runtime._store import Store
from takk.runtime._tree import Change, Source, Subscription

__all__ = [
    "AppRole",
    "ArgumentError",
    "AsyncBackend",
    "AuthError",
    "Backend",
    "Chain",
    "Change",
    "ConfigError",
    "Dotenv",
    "Env",
    "Jwt",
    "Kubernetes",
    "MissingContextVariableError",
    "Mock",
    "RedactedError",
    "Retrying",
    "Secret",
    "SecretModel",
    "SecretNotFoundError",
    "Source",
    "Ssm",
    "Store",
    "Subscription",
    "TakkError",
    "TransientError",
    "Vault",
    "backend_from_env",
    "backend_from_project",
]
