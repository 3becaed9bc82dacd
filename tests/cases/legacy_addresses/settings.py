from pydantic import AmqpDsn, AnyHttpUrl, AnyUrl, BaseSettings, HttpUrl, MongoDsn, PostgresDsn, RedisDsn


class Settings(BaseSettings):
    any: AnyUrl = "ab://y"
    http: AnyHttpUrl = "http://localhost"
    site: HttpUrl = "http://example.com"
    store: PostgresDsn = "postgresql://u:p@h/d"
    cache: RedisDsn = "redis://"
    queue: AmqpDsn = "amqp://"
    mongo: MongoDsn = "mongodb://h"
