"""The shop as takk sees it: what runs, and what it runs on."""

from takk import BashJob, Compute, FastAPIApp, Group, Job, MlflowServer, NetworkApp, Project, value_for
from takk.models import Contact
from takk.resources import PostgresInstance, RedisInstance

from shop.events import order_placed, reserve_stock
from shop.legacy import LegacySettings
from shop.receipts import receipts
from shop.report import ReportArguments, nightly_report
from shop.settings import (
    ApiSettings,
    InfraSettings,
    PaymentSettings,
    ReportSettings,
    ReportWindow,
    ServiceUrls,
    SharedSettings,
    TrackingSettings,
)

project = Project(
    name="shop",
    shared_settings=[SharedSettings, InfraSettings],
    # What customers see.
    api=FastAPIApp(
        "shop.api",
        settings=[ApiSettings, PaymentSettings, ServiceUrls],
        environments={"LOG_LEVEL": value_for("info", dev="debug")},
        domain_names=value_for(None, prod=["api.shop.example.org"]),
        health_check="/healthz",
        min_scale=value_for(0, prod=2),
        max_scale=4,
    ),
    # What happens behind it.
    receipts=receipts,
    reserve_stock=order_placed.subscriber(reserve_stock),
    nightly_report=Job(
        nightly_report,
        arguments=ReportArguments(days=1),
        cron_schedule=value_for("0 3 * * *", dev=None, test="0 */6 * * *"),
        settings=[ReportSettings, TrackingSettings, ReportWindow],
        compute=Compute(mb_memory_limit=2048),
    ),
    # What only staff see.
    back_office=Group(
        contacts=Contact(name="Operations", email="operations@shop.example.org"),
        tags=["internal"],
        admin=NetworkApp(
            port=9000,
            command=["uvicorn", "shop.admin:app", "--host", "0.0.0.0", "--port", "9000"],
            description="Yesterday's orders",
            health_check="/healthz",
        ),
        import_orders=BashJob("python -m shop.legacy", settings=[LegacySettings]),
    ),
    mlflow=MlflowServer(domain_names="mlflow.shop.example.org"),
    # What it all stands on.
    default=PostgresInstance(version=17, number_of_nodes=value_for(1, prod=2)),
    warehouse=PostgresInstance(version=16, min_gb_ram=8),
    redis=RedisInstance(),
)
