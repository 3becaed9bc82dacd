from pydantic import SecretStr
from models.configs.base import Base


class JobConfig(Base):
    token: SecretStr
