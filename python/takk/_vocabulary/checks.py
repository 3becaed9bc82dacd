"""How takk checks the health of a container."""

from pydantic import BaseModel

from takk._lazy import public


class NetworkHealthCheck(BaseModel):
    """A health check over HTTP. Times are in seconds."""

    url: str
    interval: int = 10
    timeout: int = 5
    retries: int = 5


class HttpGet(BaseModel):
    """Healthy while a GET request for this path succeeds."""

    path: str
    port: int = 80
    http_headers: dict[str, str] | None = None


class ExecAction(BaseModel):
    """Healthy while this command exits with status 0."""

    command: list[str]


class TcpSocket(BaseModel):
    """Healthy while this port accepts connections."""

    port: int


class Check(BaseModel):
    """One health check, and how often it runs."""

    check: HttpGet | ExecAction | TcpSocket
    initial_delay_seconds: int = 10
    period_seconds: int = 15
    timeout_seconds: int = 3
    failure_threshold: int = 3
    success_threshold: int = 1


class HealthChecks(BaseModel):
    """Whether a container has started, is ready for requests, and is alive."""

    startup: Check | None = None
    readiness: Check | None = None
    liveness: Check | None = None


HealthCheck = str | int | list[str] | HttpGet | ExecAction | TcpSocket | Check | HealthChecks


def resolve_health_check(value: HealthCheck | None, port: int = 80) -> HealthChecks | None:
    """All three checks from the short form: a path on `port`, a port, a command, or one check for all."""
    if value is None or isinstance(value, HealthChecks):
        return value
    if isinstance(value, Check):
        return HealthChecks(startup=value, readiness=value, liveness=value)
    if isinstance(value, str):
        value = HttpGet(path=value, port=port)
    elif isinstance(value, int):
        value = TcpSocket(port=value)
    elif isinstance(value, list):
        value = ExecAction(command=value)
    # A program may take a while to start: the startup check runs sooner, and for longer.
    return HealthChecks(
        startup=Check(check=value, initial_delay_seconds=5, failure_threshold=20),
        readiness=Check(check=value),
        liveness=Check(check=value),
    )


public(globals(), "takk.models")
