import core.child as c

settings = c.Child()
