"""What a message is made of: its text, and buttons in rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.render.printout import Checklist, Handout, LetterPaper, PassedPicture, ResultCard, ResultPicture

Colour = Literal["success", "primary", "danger"]  # the Bot API's names
COLOURS: dict[str, Colour] = {
    "done": "success",
    "-": "primary",
    "go:forget": "danger",
    "go:restart": "danger",
}


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: its words and the data that its tap sends (64 bytes at most).

    One that `copies` puts those words (256 characters at most) into the clipboard, and its tap sends nothing.
    """

    text: str
    data: str
    copies: str = ""

    @property
    def colour(self) -> Colour | None:
        """By what the tap does: green leads on, blue is ticked, red can't be undone."""
        verb = self.data.partition(":")[0]
        return COLOURS.get(self.data) or COLOURS.get(verb)


@dataclass(frozen=True, slots=True)
class File:
    """A text file to take along."""

    name: str
    content: str


# ResultPicture and Handout are of release 1.0.0.
Attachment = File | ResultCard | PassedPicture | Checklist | LetterPaper | ResultPicture | Handout
Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message, marked up with b, i, u, s, code and blockquote; with `replaces` in the tapped one's place.

    With an attachment it is sent as that: a picture or a printout is set when it is sent. The text is its
    caption then (1,024 characters at most), and `refused` is said before it where the channel takes the words
    alone.
    """

    text: str
    buttons: Keyboard = ()
    replaces: bool = False
    attachment: Attachment | None = None
    refused: str = ""


def tick(subject: str, id: str, text: str, *, ticked: bool) -> Button:
    """Make a button that names the state it leads to, so that a double tap changes nothing."""
    return Button(("☑ " if ticked else "☐ ") + text, f"{'-' if ticked else '+'}:{subject}:{id}")


def in_rows(buttons: Sequence[Button], columns: int = 2) -> Keyboard:
    """Return buttons in rows of `columns`."""
    return tuple(tuple(buttons[i : i + columns]) for i in range(0, len(buttons), columns))
