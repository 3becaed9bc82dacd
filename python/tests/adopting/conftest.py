"""The servers, and the package `vaultly` from its directory."""

import sys
from pathlib import Path

from servers import aws, bao, moto

__all__ = ["aws", "bao", "moto"]

sys.path.insert(0, str(Path(__file__).parents[2] / "vaultly-compat/src"))
