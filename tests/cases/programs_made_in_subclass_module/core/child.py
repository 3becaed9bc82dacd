from core import base

class Child(base.Base, env_prefix="CHILD_"):
    pass
