"""Functions for jobs, workers and subscribers."""

from pydantic import BaseModel


class Load(BaseModel):
    tonnes: int
    crane: str = "north"


class Cranes:
    def turn(self) -> None: ...


def plain() -> None: ...


def documented(days: int = 1) -> None:
    """Counts the stock.

    Every shelf of it.
    """


def of_a_model(load: Load) -> None:
    print("loaded", load)


def of_values(count: int, unit: str = "t") -> None:
    print("weighed", count, unit)


async def later() -> None:
    print("later")


def of_anything(*rest, **named): ...


def without_types(first): ...


def with_text_types(first: "int"): ...


def of_a_model_and_more(load: Load, times: int = 1): ...


def of_an_optional_model(load: "Load | None" = None): ...
