"""Takes over a changed folder of knowledge while the bot serves: as a whole, or not at all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.app.beside import beside
from bot.dialogue.flow import Flow
from bot.render import Presenter

Looked = Literal["same", "changing", "taken", "refused"]

log = logging.getLogger(__name__)


class Served:
    """What is served now: both parts are taken at once, so that a turn never mixes two versions."""

    def __init__(self, presenter: Presenter) -> None:
        self.now = (Flow.over(presenter.knowledge), presenter)

    @property
    def presenter(self) -> Presenter:
        """What words the replies."""
        return self.now[1]

    def take(self, presenter: Presenter) -> None:
        """Serve another version from the next turn on."""
        self.now = (Flow.over(presenter.knowledge), presenter)


@dataclass(slots=True)
class Reloading:
    """Looks at the folder, and takes it over once it has stopped changing and can be read.

    `version` is a hash of all files. `read` loads them all, or raises ValueError or OSError. Both take a
    while, so that they run beside the serving thread.
    """

    served: Served
    version: Callable[[], str]
    read: Callable[[], Presenter]
    _seen: str = field(default="", init=False)
    _refused: str = field(default="", init=False)

    async def look(self) -> Looked:
        """Look once: a version is taken when two looks and the loading saw the same, and refused once."""
        try:
            found = await beside(self.version)
            if found == self.served.presenter.knowledge.version:
                return "same"
            if found == self._refused:
                return "refused"
            if found != self._seen:
                self._seen = found  # somebody may still be copying
                return "changing"
            presenter = await beside(self.read)
        except (ValueError, OSError) as error:
            self._refused = self._seen
            log.error("the changed knowledge is refused, the old is served: %s", error)
            return "refused"
        if presenter.knowledge.version != found:
            return "changing"
        self.served.take(presenter)
        log.info("other knowledge is served", extra={"version": found})
        return "taken"
