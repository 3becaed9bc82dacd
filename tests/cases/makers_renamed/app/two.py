from . import settings as module

two = module.Two()
