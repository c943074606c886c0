"""Letters ready to send: the list, what a letter is for and where it goes, the letter itself, its page."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from html import escape

from bot.content.knowledge import Knowledge
from bot.content.letters import Letter
from bot.content.parameters import Figures
from bot.content.questionnaire import Language
from bot.content.templates import plain
from bot.dialogue.replies import Letters, TakeLetter
from bot.render.message import Button, Keyboard, Message, in_rows
from bot.render.printout import LetterPaper, Pages
from bot.render.view import View

WORDS = "letters.j2"
LETTER = ("heading", "addressee", "body", "signed")
GUIDE = ("use", "to", "enclose", "due", "then", "beware")
GIST = "gist"  # what the letter says, for those who don't read it
LANGUAGE: Language = "zh"  # of the letter itself, for it goes to an office there
BLANK = "＿"
ROOM_TO_WRITE = 2  # times as long is a blank on paper, where it is filled in by hand
COPIED = 256  # characters that a button can copy


def letters(sheet: View, reply: Letters) -> Message:
    """List the letters, each with its button."""
    worded = [LetterWords.of(sheet, letter) for letter in sheet.knowledge.letters.values()]
    buttons = [Button(words.part("short"), f"letter:{words.letter.id}") for words in worded]
    return Message(sheet.block(WORDS, "list"), in_rows(buttons), replaces=reply.replaces)


def take(sheet: View, reply: TakeLetter) -> Message:
    """Hand over a part of a letter; the text stands alone in its message, so that it can be forwarded."""
    words = LetterWords.of(sheet, sheet.knowledge.letters[reply.letter])
    match reply.part:
        case "guide":
            return Message(words.guide(), _onward(sheet, words.letter))
        case "text":
            text = words.text()
            copying = ((Button(sheet.label("copy_letter"), "", copies=text),),) if len(text) <= COPIED else ()
            return Message(f"<code>{escape(text, quote=False)}</code>", copying)
        case "taken":
            return Message(words.around("taken"), _papers(sheet, words.letter))
        case "phone" | "a4" as pages:
            return Message(
                words.around("caption"), _papers(sheet, words.letter), attachment=words.paper(pages)
            )


def offered(sheet: View, piece: str) -> Keyboard:
    """Return the buttons of the letters that go with a piece of advice."""
    found = (letter for letter in sheet.knowledge.letters.values() if piece in letter.cards)
    return tuple(
        (
            Button(
                sheet.label("ready_letter", what=LetterWords.of(sheet, letter).part("short")), _data(letter)
            ),
        )
        for letter in found
    )


def _onward(sheet: View, letter: Letter) -> Keyboard:
    in_force = (card for card in letter.cards if sheet.knowledge.piece(card).in_force(sheet.today))
    card = tuple((Button(sheet.title(id), f"open:{id}"),) for id in tuple(in_force)[:1])
    return ((Button(sheet.label("take_letter"), _data(letter, "text")),), *_papers(sheet, letter), *card)


def _papers(sheet: View, letter: Letter) -> Keyboard:
    pages = tuple(Button(sheet.label(f"letter_{page}"), _data(letter, page)) for page in ("phone", "a4"))
    return pages, (Button(sheet.label("letters"), "letter:"), *sheet.rows(("tips",))[0])


def _data(letter: Letter, part: str = "") -> str:
    return f"letter:{letter.id}" + (f":{part}" if part else "")


@dataclass(frozen=True)
class LetterWords:
    """The words of one letter on one day: the letter in Chinese, its guide in the reader's language."""

    knowledge: Knowledge
    letter: Letter
    language: Language
    figures: Figures

    @classmethod
    def of(cls, sheet: View, letter: Letter) -> "LetterWords":
        """Return the words for the reader of a view."""
        return cls(sheet.knowledge, letter, sheet.language, Figures(sheet.knowledge.parameters, sheet.today))

    @property
    def on(self) -> date:
        return self.figures.on

    def guide(self) -> str:
        """Render what the letter is for, where it goes, with what, when an answer is due, and what then."""
        return self.knowledge.wording.render_with(
            self.figures, self.language, self.letter.template, **self._ground()
        )

    def part(self, name: str) -> str:
        """Render one part of the guide."""
        return self._block(self.language, self.letter.template, name)

    def text(self) -> str:
        """Return the letter itself, without markup, as it is sent."""
        heading, addressee, body, signed = (self._plain(LANGUAGE, part) for part in LETTER)
        return f"{heading}\n\n{addressee}\n{body}\n\n{signed}"

    def around(self, name: str) -> str:
        """Render what is said beside the letter."""
        told = {part: self.part(part) for part in ("title", "beware", GIST) if part in self._parts}
        return self._block(self.language, WORDS, name, **told)

    def paper(self, pages: Pages) -> LetterPaper:
        """Say what goes onto the letter's pages; on paper the blanks are long enough for a hand."""
        wide = BLANK * (ROOM_TO_WRITE if pages == "a4" else 1)
        heading, addressee, body, signed = (
            self._plain(LANGUAGE, part).replace(BLANK, wide) for part in LETTER
        )
        told = (*GUIDE[:1], *((GIST,) if GIST in self._parts else ()), *GUIDE[1:])
        return LetterPaper(
            language=self.language,
            name=plain(self.around(f"name_{pages}")),
            pages=pages,
            made_on=self.on,
            heading=heading,
            addressee=addressee,
            body=tuple(body.split("\n")),
            signed=tuple(re.split("[\n\u3000]", signed)),
            guide_heading=plain(self.around("guide")),
            guide_title=self._plain(self.language, "title"),
            guide=tuple(
                (plain(self.around(f"guide_{part}")), self._plain(self.language, part)) for part in told
            ),
            ground=plain(self.around("guide_ground")),
        )

    @property
    def _parts(self) -> frozenset[str]:
        return self.knowledge.wording.blocks(self.language, self.letter.template)

    def _plain(self, language: Language, part: str) -> str:
        return plain(self._block(language, self.letter.template, part))

    def _block(self, language: Language, template: str, name: str, **more: object) -> str:
        context = {**self._ground(), **more}
        return self.knowledge.wording.block_with(self.figures, language, template, name, **context)

    def _ground(self) -> dict[str, object]:
        """Return what the templates read beside the figures.

        `cites` are the letter's own citations by source.
        """
        letter, cited = self.letter, self.knowledge.cited
        return {
            "cites": {citation.partition(" ")[0]: cited(citation, LANGUAGE) for citation in letter.grounds},
            "cited": [cited(citation, self.language) for citation in merged(letter.citations)],
            "glossed": [self._glossed(citation) for citation in merged(letter.citations)],
            "checked_on": letter.checked_on,
            "hotline": self.figures(letter.check_with),
            "doubtful": letter.confidence == "memory",
        }

    def _glossed(self, citation: str) -> str:
        """Render a citation without its Chinese title where the reader reads English."""
        source = self.knowledge.sources[citation.partition(" ")[0]]
        whole = self.knowledge.cited(citation, self.language)
        return (
            whole if self.language == LANGUAGE else source.en + whole.removeprefix(source.in_(self.language))
        )


def merged(citations: Iterable[str]) -> Iterator[str]:
    """Merge citations of one source: its articles in one, by number."""
    articles: dict[str, set[str]] = {}
    for source, _, cited in (citation.partition(" ") for citation in citations):
        articles.setdefault(source, set()).update(re.findall(r"\d+", cited))
    for source, numbers in articles.items():
        yield f"{source} 第{'、'.join(sorted(numbers, key=int))}条" if numbers else source
