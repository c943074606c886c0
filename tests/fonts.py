"""Makes the two fonts in knowledge/fonts from Debian's fonts-noto-cjk; see knowledge/fonts/README.md."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont
from opencc import OpenCC

SOURCE = Path("/usr/share/fonts/opentype/noto")
KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
TARGET = KNOWLEDGE / "fonts"
WEIGHTS = ("Regular", "Bold")
FAMILY = "Noto Sans CJK SC"  # of the collection's fonts the one with the mainland's forms
RENAMED = "Gig Worker Guide Sans"  # so that an installed Noto, which has more, is never taken for it
TRADITIONAL = ("s2t", "s2tw", "s2hk")

# Beyond GB 2312 and the common half of Big5: Latin as in names, dashes and quotes, arrows, numbers in
# circles, boxes to tick.
RANGES = ((0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2026), (0x2030, 0x203B), (0x2190, 0x2193), (0x2460, 0x2473),
          (0x25A0, 0x25A1), (0x25B2, 0x25CF), (0x2610, 0x2612), (0x2713, 0x2714), (0x3000, 0x3011),
          (0xFF01, 0xFF5E))  # fmt: skip


def coded(encoding: str, first: int, last: int) -> Iterator[str]:
    """The characters of two bytes in an encoding, whose first byte lies between these two."""
    for lead in range(first, last + 1):
        for trail in range(0x40, 0xFF):
            try:
                yield bytes((lead, trail)).decode(encoding)
            except UnicodeDecodeError:
                continue


LISTENED_FOR = ("alarms.yaml", "swindles.yaml")  # dialect signs that nobody is shown; so are knowledge/asked/


def told() -> Iterator[str]:
    """All texts of the knowledge, but for words that are only listened for."""
    for path in sorted(KNOWLEDGE.rglob("*")):
        if (
            path.suffix in (".yaml", ".j2", ".typ")
            and path.name not in LISTENED_FOR
            and path.parent.name != "asked"
        ):
            yield path.read_text(encoding="utf-8")


@cache
def converters() -> tuple[OpenCC, ...]:
    """Into each of the Traditional scripts; they are slow to make."""
    return tuple(OpenCC(name) for name in TRADITIONAL)


def in_all_scripts(text: str) -> Iterator[str]:
    """A text as it is, and in the Traditional scripts."""
    yield text
    for converter in converters():
        yield converter.convert(text)


def characters() -> frozenset[str]:
    """All characters that the fonts hold, as far as Noto has them."""
    # A line each, so that none is taken for a part of a word.
    common = "\n".join((*coded("gb2312", 0xA1, 0xF7), *coded("big5", 0xA4, 0xC6)))
    ranges = {chr(code) for first, last in RANGES for code in range(first, last + 1)}
    written = {sign for text in (common, *told()) for script in in_all_scripts(text) for sign in script}
    return frozenset(ranges | written - {"\n"})


def subset(collection: Path, wanted: frozenset[str]) -> Any:
    """Cut the mainland's font out of a collection down to the wanted characters, under a name of its own."""
    font = next(f for f in TTCollection(collection).fonts if f["name"].getDebugName(1).startswith(FAMILY))
    options = Options(
        layout_features=["kern", "pwid"],  # without "locl", whose foreign forms double the size
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17],
        drop_tables=["vhea", "vmtx", "VORG"],  # we write in lines
        hinting=False,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(sign) for sign in wanted])
    subsetter.subset(font)
    for record in font["name"].names:
        text = record.toUnicode().replace(FAMILY, RENAMED)
        record.string = text.replace("NotoSansCJKsc", RENAMED.replace(" ", ""))
    return font


def main() -> None:
    """Write both weights and say how large they are."""
    wanted = characters()
    for weight in WEIGHTS:
        font: TTFont = subset(SOURCE / f"NotoSansCJK-{weight}.ttc", wanted)
        path = TARGET / f"{RENAMED.replace(' ', '')}-{weight}.otf"
        font.save(path)
        sys.stdout.write(f"{path.name}: {len(font.getBestCmap())} characters, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
