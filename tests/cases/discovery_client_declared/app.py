import openai
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: SecretStr


settings = Settings()
client = openai.OpenAI()
