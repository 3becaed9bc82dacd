from settings import settings, side

settings(), side()
