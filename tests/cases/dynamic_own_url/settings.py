from typing import Annotated

from pydantic import AnyUrl, UrlConstraints
from pydantic_settings import BaseSettings


class QueueUrl(AnyUrl):
    _constraints = UrlConstraints(allowed_schemes=["sqs", "https"], host_required=True)


class ShortUrl(QueueUrl):
    pass


Web = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["https"], max_length=30)]


class Settings(BaseSettings):
    queue: QueueUrl
    short: ShortUrl = "sqs://h"
    web: Web = "https://h"
