from pydantic import SecretStr
from acme import base


class AppSettings(base.Base):
    token: SecretStr
