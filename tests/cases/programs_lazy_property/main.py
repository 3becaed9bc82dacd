from settings import Container

Container().settings
