from pydantic import SecretStr

from ..config import defaults
from ..config.base import Base


class WebSettings(Base):
    token: SecretStr
    port: int = defaults.PORT
