"""Secrets that live in the company's vault: vaultly fetches them when they are first used.

vaultly is not a dependency of the shop: without it this module cannot be imported, and `shop.partners` does without.
"""

import json

from vaultly import Secret, SecretModel


class StockSecrets(SecretModel):
    """The stock system's database."""

    password: str = Secret("/{stage}/stock/db/password", ttl=300)
    port: int = Secret("/{stage}/stock/db/port")


class PartnerSecrets(SecretModel):
    """What talking to partners takes. `stage` and `region` fill the paths, those of `stock` too."""

    stage: str
    region: str = "eu-north-1"
    stock: StockSecrets = StockSecrets()
    token: str = Secret("/{stage}/{region}/partners/token", ttl=60, version=3, description="Shared with all partners")
    limits: dict = Secret("/{stage}/partners/limits")
    keys: list = Secret("/{stage}/partners/keys", ttl=0, transform=lambda text: json.loads(text)["keys"])
