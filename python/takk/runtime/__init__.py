"""Secret paths at run time: models whose secret fields are read from a backend when they are first used.

    class App(SecretModel):
        stage: str
        db_password: str = Secret("/{stage}/db/password", ttl=60)

    app = App(stage="prod", backend=Env())
    app.db_password
"""

from takk._lazy import lazy as _lazy
from takk.runtime import _extension  # noqa: F401 # First: it says what is wrong if the extension cannot be imported.
from takk.runtime._backends import AsyncBackend, Backend, Env
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
from takk.runtime._secret import Secret
from takk.runtime._tree import Change, Source, Subscription

TYPE_CHECKING = False  # Type checkers take it for the one of `typing`.
if TYPE_CHECKING:
    from takk.runtime._combined import Chain, Retrying
    from takk.runtime._configured import backend_from_env, backend_from_project
    from takk.runtime._dotenv import Dotenv
    from takk.runtime._mock import Mock
    from takk.runtime._ssm import Ssm
    from takk.runtime._store import Store
    from takk.runtime._vault import AppRole, Jwt, Kubernetes, Vault

# A program uses one of these backends, and should not spend memory on the others.
__getattr__, __dir__ = _lazy(
    __name__,
    {
        "_combined": "Chain Retrying",
        "_configured": "backend_from_env backend_from_project",
        "_dotenv": "Dotenv",
        "_mock": "Mock",
        "_ssm": "Ssm",
        "_store": "Store",
        "_vault": "AppRole Jwt Kubernetes Vault",
    },
    "takk.runtime.",
)

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
