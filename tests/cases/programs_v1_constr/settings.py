from pydantic import AnyUrl, BaseSettings, Field, PostgresDsn, SecretStr, conint, constr

class Settings(BaseSettings):
    port: conint(gt=0, lt=10) = 1
    name: constr(min_length=2, regex="^a") = "ab"
    size: int = Field(1, ge=1)
    dsn: PostgresDsn = None
    key: SecretStr
