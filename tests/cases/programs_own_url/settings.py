from pydantic import AnyUrl, UrlConstraints
from pydantic_settings import BaseSettings

class BrokerUrl(AnyUrl):
    _constraints = UrlConstraints(allowed_schemes=["amqps"], host_required=True)

class Settings(BaseSettings):
    broker: BrokerUrl
