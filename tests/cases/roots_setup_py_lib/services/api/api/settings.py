from pydantic import SecretStr
from acme.core.base import CoreSettings


class ApiSettings(CoreSettings):
    token: SecretStr
