from models.configs import JobConfig
