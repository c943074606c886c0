"""Logs: one JSON object a line, made of an allow-list, so that no token, answer or id can be in it."""

import json
import logging
import sys
import threading
import time
import traceback
from typing import Any

# What a record of ours may say besides its fixed sentence, given as `extra`.
FIELDS = ("error", "place", "seconds", "count", "kind", "status", "version", "port", "url_host",
          "setting", "meant")  # fmt: skip


class Lines(logging.Formatter):
    """Formats records of ours by the allow-list; of other libraries' records only who and how bad."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: for ours the fixed sentence without its arguments, and the allowed fields."""
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "from": record.name,
        }
        if record.name == "bot" or record.name.startswith("bot."):
            line["what"] = str(record.msg)
            line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def set_up(level: int = logging.INFO) -> None:
    """Send every library's records through the allow-list; ours from `level`, theirs from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(level)
    logging.raiseExceptions = (
        False  # a stream that can't be written to would have the record and its lines printed
    )


def guard_last_words(*, frames: bool = False) -> None:
    """Log what nobody caught as any other error: Python would print its text, which may be a worker's.

    frames: print the lines of code that led there too, for somebody who runs a command by hand.
    """

    def crashed(error: BaseException | None) -> None:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if error is not None:
            told = {"error": type(error).__name__, "place": place(error)}
            logging.getLogger("bot").critical("crashed", extra=told)
            if frames:
                sys.stderr.write("".join(traceback.format_tb(error.__traceback__)))

    sys.excepthook = lambda _kind, error, _trace: crashed(error)
    sys.unraisablehook = lambda unraisable: crashed(unraisable.exc_value)
    threading.excepthook = lambda arguments: crashed(arguments.exc_value)


def place(error: BaseException) -> str:
    """Name where an error arose: its text may hold what a worker wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
