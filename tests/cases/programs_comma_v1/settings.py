from typing import List, Optional, Union
from pydantic import BaseSettings

class Settings(BaseSettings):
    origins: List[str] = []
    maybe: Optional[List[str]] = None
    either: Union[str, List[str]] = ""
