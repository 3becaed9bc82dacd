"""The models and their marker, in the modules that vaultly has them in."""
