import anthropic, openai

client = openai.OpenAI()
other = anthropic.Anthropic(api_key='from a vault')
