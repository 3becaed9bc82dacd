from pydantic import SecretStr
from app.base import Base

try:
    from redis import Redis
except ImportError:
    Redis = None


class AppSettings(Base):
    token: SecretStr
