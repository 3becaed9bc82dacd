"""What the nightly report reads, besides the shop's own database."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, NatsDsn, PostgresDsn
from pydantic_settings import SettingsConfigDict
from takk.models import ResourceTags
from takk.secrets import NatsCredsFile, ResourceRef

from .base import PREFIX, ShopSettings


class ReportSettings(ShopSettings):
    """The second database, bucket and broker: each has a name of its own."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}REPORT_", populate_by_name=True)

    warehouse_url: Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, "warehouse")]
    """Where the daily figures are kept for good"""
    archive_bucket: Annotated[str, ResourceRef(ResourceTags.s3_bucket_name, name="archive")]
    partner_nats_url: Annotated[NatsDsn | None, ResourceRef(ResourceTags.nats_dsn, "partners")] = None
    partner_nats_creds: Annotated[NatsCredsFile | None, ResourceRef(ResourceTags.nats_creds_file, "partners")] = None
    recipients: list[str] = Field(default_factory=list, alias="REPORT_RECIPIENTS")
    """Who gets the report by mail"""


@dataclass
class ReportWindow:
    """Which orders a report covers; takk gives the variables to the job as they are."""

    report_days: int = 1
    report_timezone: str = "Europe/Oslo"
