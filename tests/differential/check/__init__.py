"""Truth against answer."""
