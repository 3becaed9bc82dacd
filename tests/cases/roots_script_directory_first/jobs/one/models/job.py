from pydantic import SecretStr
from models.base import Base


class JobConfig(Base):
    token: SecretStr
