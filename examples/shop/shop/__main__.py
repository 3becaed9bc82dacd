"""`python -m shop`: the shop's API, on the port in `--port`."""

import argparse

import uvicorn

from . import check


def main() -> int:
    """Starts the API if the environment has all that the shop needs."""
    parser = argparse.ArgumentParser(prog="python -m shop", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    if refused := check.main():
        return refused
    uvicorn.run("shop.api:app", port=port, log_level="warning")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
