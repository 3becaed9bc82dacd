from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Main(BaseSettings):
    use_redis: bool = False

class Redis(BaseSettings):
    redis_url: str

class Lazy(BaseSettings):
    lazy: str

main = Main()
redis = Redis() if main.use_redis else None
if main.use_redis:
    Redis()

_lazy: Lazy | None = None

def lazy() -> Lazy:
    global _lazy
    if _lazy is None:
        _lazy = Lazy()
    return _lazy
