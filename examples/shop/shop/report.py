"""The nightly report: what was sold, by country."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import mlflow
import psycopg
from pydantic import BaseModel

from . import store
from .orders import Order
from .settings import ReportSettings, TrackingSettings


class ReportArguments(BaseModel):
    """Which days a report covers."""

    days: int = 1
    timezone: str = "Europe/Oslo"


class Sales(BaseModel):
    """The figures of one country."""

    orders: int = 0
    net: Decimal = Decimal(0)


def by_country(orders: list[Order]) -> dict[str, Sales]:
    """The figures of each country that anything was sold to."""
    figures: dict[str, Sales] = defaultdict(Sales)
    for order in orders:
        sales = figures[order.country]
        sales.orders += 1
        sales.net += order.net
    return dict(figures)


def nightly_report(arguments: ReportArguments) -> None:
    """Adds up yesterday's orders, for the warehouse and for the charts."""
    last = datetime.now(ZoneInfo(arguments.timezone)).date() - timedelta(days=1)
    figures = by_country(store.placed_on(last - timedelta(days=arguments.days - 1), last))
    load(last, figures, ReportSettings())  # type: ignore[call-arg]
    chart(last, figures, TrackingSettings())  # type: ignore[call-arg]


def load(day: date, figures: dict[str, Sales], settings: ReportSettings) -> None:
    """Keeps the figures in the warehouse; a second run of a day replaces the first."""
    with psycopg.connect(str(settings.warehouse_url)) as warehouse:
        warehouse.execute("delete from daily_sales where day = %s", (day,))
        warehouse.cursor().executemany(
            "insert into daily_sales (day, country, orders, net) values (%s, %s, %s, %s)",
            [(day, country, sales.orders, sales.net) for country, sales in figures.items()],
        )


def chart(day: date, figures: dict[str, Sales], settings: TrackingSettings) -> None:
    """Logs the figures as metrics of one run."""
    mlflow.set_tracking_uri(str(settings.mlflow_tracking_uri))
    mlflow.set_experiment(settings.experiment)
    with mlflow.start_run(run_name=day.isoformat()):
        for country, sales in figures.items():
            mlflow.log_metric(f"net_{country}", float(sales.net))
            mlflow.log_metric(f"orders_{country}", sales.orders)
