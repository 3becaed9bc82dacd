from settings import Child

Child(parent_setting="p")
