"""Sets the picture of a result and the printout with Typst: offline, in our fonts, beside the event loop."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Literal

import typst

from bot.loading.places import KNOWLEDGE
from bot.render.printout import Checklist, Handout, LetterPaper, PassedPicture, ResultCard, ResultPicture

Data = dict[str, Any]
Format = Literal["png", "pdf"]
FAMILY = "Gig Worker Guide Sans"
LAYOUTS = {ResultCard: "result", PassedPicture: "passed", ResultPicture: "card"}
PPI = 216  # three pixels for a point: 360 points of a phone's width are 1080 pixels


class Typesetter:
    """One thread that sets one document after another.

    Typst lets go of Python's lock while it works, so a thread is enough to keep the event loop free; and its
    compiler serves one caller at a time, so there is one thread.
    """

    def __init__(self, knowledge: Path = KNOWLEDGE) -> None:
        fonts = typst.Fonts(False, False, [str(knowledge / "fonts")])
        if FAMILY not in fonts.families():
            raise FileNotFoundError(f"{knowledge / 'fonts'} lacks {FAMILY}: restore it, or see its README.md")
        self._root = knowledge / "templates" / "typst"
        self._compiler = typst.Compiler(root=str(self._root), font_paths=fonts, ignore_system_fonts=True)
        self._thread = ThreadPoolExecutor(1, "typesetting")

    async def picture(self, card: ResultCard | PassedPicture | ResultPicture) -> bytes:
        """Return a picture: a PNG, 1080 pixels wide, the same bytes for the same card."""
        return await self._run(LAYOUTS[type(card)], asdict(card), "png", 0)

    async def pdf(self, paper: Checklist | Handout) -> bytes:
        """Return the printout: a PDF of a phone's pages or of A4, the same bytes for the same paper."""
        handout = paper.handout if isinstance(paper, Checklist) else paper
        made = datetime.combine(handout.made_on, time.min, UTC)
        data = {**asdict(handout), "made_on": handout.made_on.isoformat()}
        if isinstance(paper, Checklist):
            data |= {"pages": paper.pages, "notes_heading": paper.notes_heading, "notes": paper.notes}
        return await self._run("handout", data, "pdf", int(made.timestamp()))

    async def letter(self, paper: LetterPaper) -> bytes:
        """Return a letter: a PDF with a page to hand in and a page to keep, always the same bytes for it."""
        made = datetime.combine(paper.made_on, time.min, UTC)
        data = {**asdict(paper), "made_on": paper.made_on.isoformat()}
        return await self._run("letter", data, "pdf", int(made.timestamp()))

    def close(self) -> None:
        """Finish what is being set, and end the thread."""
        self._thread.shutdown(cancel_futures=True)

    async def _run(self, layout: str, data: Data, format: Format, timestamp: int) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._set, layout, data, format, timestamp)

    def _set(self, layout: str, data: Data, format: Format, timestamp: int) -> bytes:
        made = self._compiler.compile(
            str(self._root / f"{layout}.typ"),
            format=format,
            ppi=PPI,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},  # as data, so that nothing is markup
            timestamp=timestamp,
        )
        if not isinstance(made, bytes):
            raise TypeError(f"{layout}.typ: one document is needed, not {type(made).__name__}; fix its pages")
        return made
