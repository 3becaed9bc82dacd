"""Where secrets are read."""
