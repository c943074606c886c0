"""An operator's mistake as one sentence that says what to do, with an exit status by its kind."""

from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.app.settings import SettingMissing
from bot.privacy.keyring import WrongKey
from bot.storage.engine import DatabaseBehind
from bot.storage.rotation import KeyNotKnown

# Exit statuses as sysexits.h names them; argparse itself ends with 2.
DATA, UNAVAILABLE, TEMPORARY, FORBIDDEN, CONFIG = 65, 69, 75, 77, 78

# What a database's driver calls its refusals -> what to do about it.
_DRIVER = {
    "InvalidCatalogNameError": "the server of DATABASE_URL has no database of that name: create it there",
    "InvalidPasswordError": "the server of DATABASE_URL refused user or password",
    "InvalidAuthorizationSpecificationError": "the server of DATABASE_URL refused user or password",
    "CannotConnectNowError": "the server of DATABASE_URL is starting or stopping: try again",
    "TooManyConnectionsError": "the server of DATABASE_URL has no connection left: raise max_connections",
    "UndefinedTableError": "the database has no tables yet: run `python -m bot migrate`",
    "DatabaseError": "the file of DATABASE_URL is no SQLite database, or it is damaged: restore a backup",
    "OperationalError": "the file of DATABASE_URL can't be opened or written: look at folder and disk",
}


# What a command may end with through no bug of ours.
MISTAKES = (SQLAlchemyError, TelegramError, DatabaseBehind, KeyNotKnown, ValueError, OSError)


def told(error: Exception) -> tuple[str, int] | None:
    """Return the sentence and the exit status for an operator's mistake; None when the error is ours."""
    match error:
        case SettingMissing():
            return str(error), CONFIG
        case WrongKey():
            return str(error), CONFIG
        case DatabaseBehind():
            return str(error), DATA
        case KeyNotKnown():
            return str(error), TEMPORARY
        case NoSuchModuleError() | ArgumentError():
            return "DATABASE_URL names no database that this program speaks to", CONFIG
        case DBAPIError():
            name = type(error.orig).__name__ if error.orig else ""
            cause = type(error.orig.__cause__).__name__ if error.orig and error.orig.__cause__ else name
            sentence = _DRIVER.get(cause) or _DRIVER.get(name)
            return sentence or f"the database refused: {cause}", UNAVAILABLE
        case SQLAlchemyError():
            return f"the database can't be used: {type(error).__name__}", UNAVAILABLE
        case InvalidToken():
            return (
                "Telegram doesn't know BOT_TOKEN: copy it from @BotFather (or TELEGRAM_API is no Bot API)",
                CONFIG,
            )
        case NetworkError():
            return "Telegram can't be reached: look at the network and at TELEGRAM_API", UNAVAILABLE
        case TelegramError():
            return f"Telegram refused: {type(error).__name__}", UNAVAILABLE
        case PermissionError():
            return (
                f"{error.filename or 'a file'} can't be read or written: look at its owner and mode",
                FORBIDDEN,
            )
        case ConnectionError() | TimeoutError():
            return (
                "the server of DATABASE_URL can't be reached: look at host, port and firewall",
                UNAVAILABLE,
            )
        case OSError():
            return str(error), UNAVAILABLE
        case ValueError() if type(error).__module__.startswith(("bot.", "models.")):
            return str(error), DATA  # of our own kinds, whose message says what to do
    return None
