"""What partners may know of the shop."""

from hashlib import sha256

from .orders import Order

try:
    from .vault import PartnerSecrets
except ImportError:
    PartnerSecrets = None  # type: ignore[assignment, misc]


def reference(order: Order, stage: str) -> str:
    """The order's number as partners see it: salted where the vault is there to ask, else plain."""
    if PartnerSecrets is None:
        return str(order.id)
    token = PartnerSecrets(stage=stage).token
    return sha256(f"{token}:{order.id}".encode()).hexdigest()[:16]
