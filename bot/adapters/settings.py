"""Settings from the environment, each with its default and what it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Secret:
    """A value that never shows itself: its text form is a row of stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"


class SettingMissing(ValueError):
    """A setting is not there or can't be used; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides.

    BOT_TOKEN: the token from BotFather, needed to talk to Telegram.
    DATABASE_URL: an SQLAlchemy address; the default is a file under var/.
    TELEGRAM_API: where the Bot API answers, for a local server or a double.
    """

    token: Secret = field(default_factory=lambda: Secret(""))
    database_url: str = "sqlite+aiosqlite:///var/bot.sqlite"
    telegram_api: str = "https://api.telegram.org"

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from the environment's variables."""
        given = cls()
        return cls(
            token=Secret(environ.get("BOT_TOKEN", "")),
            database_url=environ.get("DATABASE_URL", given.database_url),
            telegram_api=environ.get("TELEGRAM_API", given.telegram_api).rstrip("/"),
        )

    def needed_token(self) -> Secret:
        """Give the token; raises SettingMissing when there is none."""
        if not self.token.reveal():
            raise SettingMissing(
                "BOT_TOKEN is not set: get one from @BotFather in Telegram and export it, "
                "or run `make demo` to try the bot without Telegram"
            )
        return self.token
