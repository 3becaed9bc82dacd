from config import Config

Config()
