from pydantic import SecretStr
from settings_lib import *


class ApiSettings(LibSettings):
    token: SecretStr


if __name__ == "__main__":
    print(ApiSettings())
