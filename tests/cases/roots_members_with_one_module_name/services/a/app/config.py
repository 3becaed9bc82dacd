from pydantic import SecretStr
from app.base import Base


class Config(Base):
    token: SecretStr
