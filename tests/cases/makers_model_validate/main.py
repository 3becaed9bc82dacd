from settings import ALL, D, bare, read

read('{"one": "1"}'), bare(), ALL.validate_python([{"three": "3"}])
d = D()
