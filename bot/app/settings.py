"""Settings from the environment, each with its default and what it is for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from pydantic import SecretStr

from bot.channels.inbound_rate import InboundRate
from bot.channels.telegram.limits import CHAT_BURST, CHAT_RATE, OVERALL_RATE
from bot.delivery.send_rate import SendRate
from bot.privacy.keyring import Keys, keys_in
from bot.storage.deletion import Retention
from bot.storage.yearly_limit import LIMIT

# The settings' names; the secrets among them may also come from a file, named by NAME_FILE.
NAMES = (
    "BOT_TOKEN", "DATABASE_URL", "TELEGRAM_API", "MASTER_KEYS", "MASTER_KEYS_FILE", "TOMBSTONES_FILE",
    "MODELS_FOLDER", "SHADOW_MODELS", "KNOWLEDGE_FOLDER",
    "WEBHOOK_SECRET", "WEBHOOK_URL", "WEBHOOK_HOST", "WEBHOOK_PORT",
    "SEND_RATE",
    "CHAT_RATE", "TAKE_RATE", "OPERATOR_CONTACT", "PEOPLE_A_YEAR", "CAMPAIGNS", "KEEP_DRAFT_DAYS",
    "KEEP_RESULT_DAYS",
    "BOT_TOKEN_FILE", "WEBHOOK_SECRET_FILE", "DATABASE_URL_FILE",
)  # fmt: skip
IN_FILES = ("BOT_TOKEN", "WEBHOOK_SECRET", "DATABASE_URL")
LIKE = 0.86  # how like a setting's name another variable's is for it to be a slip
CONTACT = 200  # characters: /privacy has to fit into one message with it


class SettingMissing(ValueError):
    """A setting is not there or can't be used; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides.

    BOT_TOKEN: the token from BotFather, needed to talk to Telegram.
    BOT_TOKEN_FILE, WEBHOOK_SECRET_FILE, DATABASE_URL_FILE: a file that holds the value instead.
    DATABASE_URL: an SQLAlchemy address; the default is a file under var/.
    TELEGRAM_API: where the Bot API answers, for a local server or a double.
    MASTER_KEYS: the keys that seal what is kept; or
    MASTER_KEYS_FILE: the file that holds them (made when missing, readable by its owner only).
    TOMBSTONES_FILE: who was deleted, beside the database and not in its backups.
    MODELS_FOLDER: retrained models to serve (empty for those that come with the program).
    SHADOW_MODELS: 1 lets the models that wait there score too; only sums of both are kept.
    KNOWLEDGE_FOLDER: a folder that holds knowledge/, served as it changes (empty for ours).
    WEBHOOK_SECRET: what Telegram must say to be heard, 32 to 256 of A-Z a-z 0-9 _ -.
    WEBHOOK_URL: the public https address that ends in /telegram (empty if it is registered by hand).
    WEBHOOK_HOST, WEBHOOK_PORT: where the webhook listens, behind a proxy that speaks https.
    SEND_RATE, CHAT_RATE: messages a second, overall and in a chat (0 for no limit).
    TAKE_RATE: updates a second that one chat may send, after a burst of 20; 0 is without limit.
    OPERATOR_CONTACT: who runs the bot and how to reach them, shown in /privacy because the law asks for it.
    PEOPLE_A_YEAR: how many people may agree in a calendar year (docs/impact-assessment.md says why).
    CAMPAIGNS: labels of links (t.me/<bot>?start=<label>), by commas; how many came by each is counted.
    KEEP_DRAFT_DAYS, KEEP_RESULT_DAYS: how long an unfinished talk, and a finished one, is kept.
    """

    token: SecretStr = field(default_factory=lambda: SecretStr(""))
    database_url: str = "sqlite:///var/bot.sqlite"
    telegram_api: str = "https://api.telegram.org"
    master_keys: SecretStr = field(default_factory=lambda: SecretStr(""))
    master_keys_file: Path = Path("var/master.keys")
    tombstones_file: Path = Path("var/tombstones")
    models_folder: Path | None = None
    shadow_models: bool = False
    knowledge_folder: Path | None = None
    webhook_secret: SecretStr = field(default_factory=lambda: SecretStr(""))
    webhook_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8443
    send_rate: float = OVERALL_RATE
    chat_rate: float = CHAT_RATE
    take_rate: float = 1.0
    operator_contact: str = ""
    people_a_year: int = LIMIT
    campaigns: tuple[str, ...] = ()
    retention: Retention = field(default_factory=Retention)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from the environment's variables; raises SettingMissing."""
        given, secrets = cls(), from_files(environ)
        return cls(
            token=SecretStr(_token(secrets.get("BOT_TOKEN", ""))),
            database_url=_database(secrets.get("DATABASE_URL", given.database_url)),
            telegram_api=_address("TELEGRAM_API", environ.get("TELEGRAM_API", given.telegram_api)).rstrip(
                "/"
            ),
            master_keys=SecretStr(environ.get("MASTER_KEYS", "")),
            master_keys_file=Path(environ.get("MASTER_KEYS_FILE", given.master_keys_file)),
            tombstones_file=Path(environ.get("TOMBSTONES_FILE", given.tombstones_file)),
            models_folder=Path(folder) if (folder := environ.get("MODELS_FOLDER", "")) else None,
            shadow_models=_switch(environ, "SHADOW_MODELS"),
            knowledge_folder=Path(known) if (known := environ.get("KNOWLEDGE_FOLDER", "")) else None,
            webhook_secret=SecretStr(secrets.get("WEBHOOK_SECRET", "")),
            webhook_url=_webhook(environ.get("WEBHOOK_URL", "")),
            host=environ.get("WEBHOOK_HOST", given.host),
            port=_port(environ, given.port),
            send_rate=_number(environ, "SEND_RATE", given.send_rate),
            chat_rate=_number(environ, "CHAT_RATE", given.chat_rate),
            take_rate=_number(environ, "TAKE_RATE", given.take_rate),
            operator_contact=_contact(environ.get("OPERATOR_CONTACT", "")),
            people_a_year=int(_number(environ, "PEOPLE_A_YEAR", given.people_a_year)),
            campaigns=_labels(environ.get("CAMPAIGNS", "")),
            retention=Retention(
                draft=int(_number(environ, "KEEP_DRAFT_DAYS", given.retention.draft)),
                result=int(_number(environ, "KEEP_RESULT_DAYS", given.retention.result)),
            ),
        )

    def needed_token(self) -> SecretStr:
        """Return the token; raises SettingMissing when there is none."""
        if not self.token.get_secret_value():
            raise SettingMissing(
                "BOT_TOKEN is not set: get one from @BotFather in Telegram and export it, "
                "or run `make demo` to try the bot without Telegram"
            )
        return self.token

    def needed_webhook_secret(self) -> SecretStr:
        """Return the webhook's secret; raises SettingMissing when there is none, or a weak one."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", self.webhook_secret.get_secret_value()):
            raise SettingMissing(
                "WEBHOOK_SECRET must be 32 to 256 letters, digits, _ or -: "
                'make one with `python -c "import secrets; print(secrets.token_urlsafe(48))"`'
            )
        return self.webhook_secret

    def needed_database(self) -> str:
        """Return the address of a database that is there; raises SettingMissing."""
        file = self.database_file
        if file is not None and not file.exists():
            raise SettingMissing(f"there is no database {file}: is DATABASE_URL that of the bot?")
        return self.database_url

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for a server."""
        kind, _, rest = self.database_url.partition(":///")
        return Path(rest) if kind.startswith("sqlite") else None

    def keys(self, *, make: bool = True) -> Keys:
        """Return the master keys; a missing file is made if `make` and no database is there already.

        Raises ValueError when they can't be read, or others can read them.
        """
        given = self.master_keys.get_secret_value()
        if given:
            return Keys.parse(given)
        file, database = self.master_keys_file, self.database_file
        if not file.exists() and not (make and (database is None or not database.exists())):
            raise SettingMissing(
                f"{file} is not there, and new keys would open nothing that is kept: put the file back"
            )
        return keys_in(file)

    def floods(self) -> InboundRate:
        """Return the guard against floods."""
        return InboundRate(self.take_rate)

    def pace(self) -> SendRate:
        """Return the pace of sending."""
        return SendRate(self.send_rate, self.chat_rate, CHAT_BURST)


def from_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Return each secret that is set, itself or in the file that NAME_FILE names; raises SettingMissing."""
    found: dict[str, str] = {}
    for name in IN_FILES:
        value, path = environ.get(name), environ.get(f"{name}_FILE", "")
        if path and value:
            raise SettingMissing(f"{name} and {name}_FILE are both set: keep one of them")
        if path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingMissing(f"{name}_FILE can't be read: {type(error).__name__}") from None
        if value is not None:
            found[name] = value
    return found


def misspelt(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the variables that look like a setting and are none, each with the one perhaps meant."""
    others = [name for name in environ if name not in NAMES]
    close = ((name, get_close_matches(name, NAMES, 1, LIKE)) for name in others)
    return [(name, found[0]) for name, found in close if found]


def _token(given: str) -> str:
    if given and not re.fullmatch(r"\d+:\S+", given):
        raise SettingMissing("BOT_TOKEN must look like 123456789:AbC…, as @BotFather shows it")
    return given


def _database(given: str) -> str:
    """Return the database's address; raises SettingMissing, which never repeats what may hold a password."""
    kind, found, rest = given.partition("://")
    if kind in ("postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg"):
        raise SettingMissing("DATABASE_URL must begin with postgresql+asyncpg://")
    if kind not in ("sqlite", "sqlite+aiosqlite", "postgresql+asyncpg") or not found:
        raise SettingMissing(
            "DATABASE_URL must be sqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
        )
    if kind != "postgresql+asyncpg" and not rest.startswith("/"):
        raise SettingMissing("DATABASE_URL of a file has three slashes: sqlite:///var/bot.sqlite")
    if "sslmode=" in rest:
        raise SettingMissing("DATABASE_URL says sslmode=…: write ssl=… instead, for example ?ssl=require")
    return given


def _address(name: str, given: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", given):
        raise SettingMissing(f"{name} must be an address that begins with https:// or http://")
    return given


def _webhook(given: str) -> str:
    if given and not _address("WEBHOOK_URL", given).endswith("/telegram"):
        raise SettingMissing("WEBHOOK_URL must end in /telegram: that is where updates are taken")
    return given


def _port(environ: Mapping[str, str], default: int) -> int:
    port = _number(environ, "WEBHOOK_PORT", default)
    if port != int(port) or not 1 <= port <= 65535:
        raise SettingMissing("WEBHOOK_PORT must be a whole number from 1 to 65535")
    return int(port)


def _labels(given: str) -> tuple[str, ...]:
    labels = tuple(label.strip() for label in given.split(",") if label.strip())
    if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", label) for label in labels):
        raise SettingMissing("CAMPAIGNS must be labels of letters, digits, _ or -, parted by commas")
    return labels


def _contact(given: str) -> str:
    if len(given) > CONTACT or not given.isprintable():
        raise SettingMissing(f"OPERATOR_CONTACT must be one line of at most {CONTACT} characters")
    return given


def _switch(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "")
    if value not in ("", "0", "1"):
        raise SettingMissing(f"{name} must be 1 (on) or 0 (off)")
    return value == "1"


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(environ.get(name, default))
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise SettingMissing(f"{name} must be a number, 0 or more")
    return value
