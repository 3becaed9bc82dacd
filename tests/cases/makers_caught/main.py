from settings import Main, redis

redis()
main = Main()
