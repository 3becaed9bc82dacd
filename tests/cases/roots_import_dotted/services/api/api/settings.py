import acme.models.base
from pydantic import SecretStr


class ApiSettings(acme.models.base.Base):
    token: SecretStr
