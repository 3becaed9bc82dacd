from settings import Client as _Client


def use(client: _Client) -> str:
    return client.token
