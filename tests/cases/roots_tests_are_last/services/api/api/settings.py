from pydantic import SecretStr
from common.base import Base


class ApiSettings(Base):
    token: SecretStr
