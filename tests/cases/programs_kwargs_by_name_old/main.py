from settings import Settings

def main() -> None:
    print(Settings(token="t"))

if __name__ == "__main__":
    main()
