"""Where knowledge/ and alembic/ are: beside the packages in the source tree, inside bot/ in a wheel."""

from pathlib import Path

TREE = Path(__file__).parents[2]  # holds bot/ and models/
CARRIED = TREE / "bot" / "data"  # pyproject.toml puts the two folders there
DATA = CARRIED if CARRIED.is_dir() else TREE
KNOWLEDGE = DATA / "knowledge"
MIGRATIONS = DATA / "alembic"
