"""The log: one JSON object a line, by an allow-list, to one place."""

import io
import json
import logging
import sys
import threading
from types import SimpleNamespace

import pytest

from bot.ops import logs


@pytest.mark.asvs("16.2.2", "16.2.4", "16.4.1", "14.2.2")
def test_a_line_of_the_log_is_one_json_object_in_utc_whatever_is_in_the_record() -> None:
    record = logging.LogRecord(
        "bot.x", logging.ERROR, "f.py", 1, 'kept\n{"level": "FORGED"}', ("上海",), None
    )
    record.created, record.error, record.chat, record.count = 0.0, "A\nB", 7_310_000, object()
    line = logs.Lines().format(record)
    assert "\n" not in line
    assert json.loads(line) == {
        "at": "1970-01-01T00:00:00Z",
        "level": "ERROR",
        "from": "bot.x",
        "what": 'kept\n{"level": "FORGED"}',
        "error": "A\nB",
        "count": "object",
    }
    foreign = logging.LogRecord("aiohttp", logging.ERROR, "f.py", 1, "https://x/bot123:TOKEN/send", (), None)
    assert "TOKEN" not in logs.Lines().format(foreign)

    def fail() -> None:
        raise ValueError("上海 5500")

    with pytest.raises(ValueError, match="5500") as raised:
        fail()
    foreign.exc_info = (ValueError, raised.value, raised.tb)
    assert json.loads(logs.Lines().format(foreign))["error"] == "ValueError"
    assert logs.place(raised.value).startswith("test_logs.py:")
    assert logs.place(ValueError("never raised")) == "?"


@pytest.mark.asvs("16.2.3")
def test_logs_go_to_the_standard_error_stream_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = (root.handlers[:], root.level, ours.level)
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    try:
        logs.set_up(logging.DEBUG)
        (handler,) = root.handlers
        assert type(handler) is logging.StreamHandler
        logging.getLogger("bot.y").debug("heard", extra={"seconds": 3})
        logging.getLogger("library").info("not heard")
        logging.getLogger("library").warning("told: %s", "canary")
    finally:
        root.handlers[:], root.level, ours.level = before
        root.setLevel(before[1])
        ours.setLevel(before[2])
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["what"], first["seconds"], first["level"]) == ("heard", 3, "DEBUG")
    assert (second["from"], second["level"]) == ("library", "WARNING")
    assert "canary" not in stream.getvalue()


@pytest.mark.parametrize("hook", ["excepthook", "unraisablehook", "thread"])
def test_what_nobody_caught_is_told_by_kind_and_place_whoever_reports_it(
    monkeypatch: pytest.MonkeyPatch, hook: str
) -> None:
    stream = io.StringIO()
    for owner, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # so that it is put back
    logs.guard_last_words()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines())
    monkeypatch.setattr(logging.getLogger("bot"), "handlers", [handler])
    error = BaseExceptionGroup("上海", [ExceptionGroup("5500", [ValueError("上海 5500")])])
    if hook == "excepthook":
        sys.excepthook(BaseExceptionGroup, error, None)
    elif hook == "unraisablehook":
        sys.unraisablehook(SimpleNamespace(exc_value=error))
    else:
        threading.excepthook(threading.ExceptHookArgs((BaseExceptionGroup, error, None, None)))
        threading.excepthook(threading.ExceptHookArgs((SystemExit, None, None, None)))  # nothing to tell
    line = json.loads(stream.getvalue())
    assert (line["level"], line["what"], line["error"]) == ("CRITICAL", "crashed", "ValueError")
    assert "上海" not in stream.getvalue()


def raised(answer: str) -> ValueError:
    try:
        raise ValueError(answer)  # the line that is shown, without what it holds
    except ValueError as error:
        return error


def test_a_command_by_hand_shows_the_lines_that_led_to_a_bug_and_no_word_of_an_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for owner, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # so that it is put back
    logs.guard_last_words(frames=True)
    monkeypatch.setattr(logging.getLogger("bot"), "handlers", [])  # another test's stream may be closed
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    sys.excepthook(ValueError, raised("上海 5500"), None)
    shown = capsys.readouterr().err
    assert "raise ValueError(answer)" in shown
    assert "上海" not in shown
