"""Random settings modules: what a project may contain, written as Python."""
