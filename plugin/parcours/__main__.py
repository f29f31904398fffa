"""``python -m parcours``: the command, where the script is not on the path."""

from parcours.cli import main

if __name__ == "__main__":
    main()
