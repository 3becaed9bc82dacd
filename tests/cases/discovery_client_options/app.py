from openai import OpenAI


def make(**options):
    return OpenAI(**options)
