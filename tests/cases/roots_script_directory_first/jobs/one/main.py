from models.job import JobConfig

print(JobConfig())
