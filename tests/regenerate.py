"""Makes every generated file and lists what changed: `make regenerate`, or some of them by name.

`python -m tests.regenerate wordings transcripts` makes only those. What can't be made on this machine (no
Chromium, no fonts) is listed with the reason and left as it is.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.loading import wordings
from bot.loading.knowledge import load_knowledge
from tests import decisions, lengths, schemas, test_delivery_page, test_handbook, test_terminal, tree
from tests.privacy import asvs, audit
from tests.simulator import comparison

ROOT = Path(__file__).parents[1]


class NotHere(Exception):
    """This machine lacks what a file is made with; the message says what."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes some files: `files` are globs below the root, `make` writes them."""

    files: tuple[str, ...]
    make: Callable[[], object]


def _wordings() -> None:
    wordings.record(load_knowledge().questionnaire, ROOT)


def _models(command: str) -> Callable[[], object]:
    def make() -> int:
        from models.__main__ import main  # what fits models is slow to import, and few files need it

        return main([command])

    return make


def _fonts() -> None:
    from tests import fonts

    if not fonts.SOURCE.is_dir():
        raise NotHere(f"no fonts in {fonts.SOURCE} (Debian: fonts-noto-cjk)")
    fonts.main()


def _pictures() -> None:
    if not shutil.which("chromium"):
        raise NotHere("no Chromium")
    from tests.browser import pictures

    pictures.main()


MAKERS: Mapping[str, Maker] = {  # what others are made from comes first
    "wordings": Maker(("knowledge/wordings/*.yaml",), _wordings),
    "transcripts": Maker(("tests/conversations/*.txt",), test_terminal.record),
    "knowledge": Maker(("docs/reference/knowledge.md",), test_handbook.record),
    "asvs": Maker(("docs/reference/asvs.md",), asvs.record),
    "law": Maker(("docs/reference/law.md",), audit.record),
    "delivery": Maker(("docs/delivery.md",), test_delivery_page.record),
    "double": Maker(("docs/reference/double.md",), comparison.record),
    "models": Maker(("models/artifacts/*.json", "models/CARD*.md", "models/plots/*.svg"), _models("train")),
    "alarm": Maker(("models/artifacts/alarm.json", "models/ALARM.md"), _models("train-alarm")),
    "swindle": Maker(("models/artifacts/swindle.json", "models/SWINDLE.md"), _models("train-swindle")),
    "scope": Maker(("models/artifacts/scope.json", "models/SCOPE.md"), _models("train-scope")),
    "learning": Maker(("docs/reference/learning.md", "docs/reference/*.svg"), _models("simulate")),
    "schemas": Maker(("docs/reference/schemas/*.json",), schemas.record),
    "lengths": Maker(("docs/reference/lengths.md",), lengths.record),
    "decisions": Maker(("docs/decisions/README.md",), decisions.record),
    "architecture": Maker(("docs/architecture.md",), tree.record),
    "fonts": Maker(("knowledge/fonts/*.otf",), _fonts),
    "pictures": Maker(("docs/pictures/*.png",), _pictures),
}


def regenerate(names: Iterable[str], say: Callable[[str], object]) -> None:
    """Make the files of these makers; says of each maker what changed, or why it made nothing."""
    for name in names:
        before = _contents(MAKERS[name])
        try:
            MAKERS[name].make()
        except NotHere as reason:
            say(f"{name}: left as it is: {reason}")
            continue
        after = _contents(MAKERS[name])
        changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        say(f"{name}: {', '.join(changed) or 'nothing changed'}")


def _contents(maker: Maker) -> Mapping[str, bytes]:
    paths = [path for pattern in maker.files for path in ROOT.glob(pattern)]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def main() -> None:
    """Make what the command line names, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.regenerate", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MAKERS)}; none: all")
    parser.add_argument(
        "--anew",
        action="store_true",
        help="record the words of this questionnaire's version again: only if nobody was asked by it yet",
    )
    options = parser.parse_args()
    if strange := set(options.names) - MAKERS.keys():
        parser.error(f"nothing is called {', '.join(sorted(strange))}: {', '.join(MAKERS)}")
    if options.anew:
        version = load_knowledge().questionnaire.version
        (ROOT / wordings.FOLDER / f"{version}.yaml").unlink(missing_ok=True)
    regenerate(options.names or MAKERS, lambda line: sys.stdout.write(f"{line}\n"))


if __name__ == "__main__":
    main()
