"""Of the same name as the package, and not it."""
