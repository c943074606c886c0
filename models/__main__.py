"""The models' command line: `python -m models train`."""

import argparse
import sys

from models import training


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked."""
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("train", help="fit all models and write their artifacts")
    parser.parse_args(arguments)
    for path in training.make():
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
