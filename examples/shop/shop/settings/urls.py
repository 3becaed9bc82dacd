"""Where the shop's own services are."""

from typing import Annotated

from pydantic import AnyUrl
from pydantic_settings import BaseSettings
from takk.models import ResourceTags
from takk.secrets import ServiceUrl, Template


class ServiceUrls(BaseSettings):
    """Addresses that follow from the project, and one that is put together."""

    api_url: Annotated[AnyUrl, ServiceUrl("api", "external")]
    internal_api_url: Annotated[AnyUrl, ServiceUrl("api", "internal")]
    admin_url: Annotated[AnyUrl, ServiceUrl("back_office.admin", "internal")]
    payment_callback_url: Annotated[str, Template([ServiceUrl("api", "external", "https"), "/payments/callback"])]
    psql_conninfo: Annotated[
        str,
        Template(["host=", ResourceTags.psql_host, " dbname=", ResourceTags.psql_name, " user=", ResourceTags.psql_username]),
    ]
