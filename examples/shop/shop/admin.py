"""The back office: yesterday's orders on one page, inside the cluster only."""

from datetime import date, timedelta
from html import escape

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from . import store
from .report import by_country

app = FastAPI(title="Back office")


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """Whether the back office is up."""
    return {"status": "ok"}


@app.get("/", response_class=HTMLResponse)
def yesterday() -> str:
    """What was sold yesterday, by country."""
    day = date.today() - timedelta(days=1)
    figures = by_country(store.placed_on(day, day))
    rows = "".join(f"<tr><td>{escape(country)}<td>{sales.orders}<td>{sales.net}" for country, sales in figures.items())
    return f"<!doctype html><title>{day}</title><table><tr><th>Country<th>Orders<th>Net{rows}</table>"
