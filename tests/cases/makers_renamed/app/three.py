from .settings import *

three = Three()
