from lib.base import Base
from pydantic_settings import SettingsConfigDict

class WebSettings(Base):
    model_config = SettingsConfigDict(env_prefix="WEB_")
