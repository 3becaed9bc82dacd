from pydantic import SecretStr
from acme.models.base import ConfigBase


class JobConfig(ConfigBase):
    token: SecretStr
