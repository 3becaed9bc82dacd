class Depends:
    def __init__(self, dependency=None):
        self.dependency = dependency
