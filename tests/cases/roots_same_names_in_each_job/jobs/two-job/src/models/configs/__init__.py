from models.configs.job import JobConfig
