"""What OWASP ASVS asks of the code as a whole; other requirements have their marks beside what keeps them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.channels.telegram import client
from bot.dialogue.reading import Match
from bot.render import Button, Message
from tests.checkout import KNOWLEDGE
from tests.privacy import asvs
from tests.privacy.test_edges import SERVING
from tests.typed import read

ROOT = Path(__file__).parents[2]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SERVING}
EDGE = {
    path: tree
    for path, tree in TREES.items()
    if not {"backoffice", "research", "demo", "models"} & set(path.parts)
}


@cache
def every_call() -> tuple[tuple[Path, str, ast.Call], ...]:
    """Every call, with the name that is called as it is written."""
    return tuple(
        (path, ast.unparse(node.func), node)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def calls(trees: dict[Path, ast.Module] = TREES) -> Iterator[tuple[Path, str, ast.Call]]:
    return (call for call in every_call() if call[0] in trees)


def imported() -> set[str]:
    """Every module that serving names in an import, whole."""
    names: set[str] = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_fixed(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.BinOp) and is_fixed(node.left))


def test_the_page_is_that_of_today_s_marks_and_nothing_is_called_kept_without_a_test() -> None:
    assert asvs.PAGE.read_text(encoding="utf-8") == asvs.page(), "run `make regenerate`"
    rows = {row.id: row for chapter in asvs.requirements().values() for row in chapter}
    marked = {id for id, _, _ in asvs.marked()}
    assert marked <= set(rows), "a mark that names no row"
    assert {id for id, row in rows.items() if row.kind == "kept"} <= marked
    for row in rows.values():
        assert row.kind in asvs.WORDS, row.id
        assert row.answer, row.id
        assert row.kind != "paper" or (ROOT / row.answer).is_file(), row.id
        assert row.kind != "none" or row.id not in marked, row.id


@pytest.mark.asvs("1.2.4")
def test_no_statement_to_the_database_is_put_together_from_words() -> None:
    for path, name, call in calls():
        if name.endswith(("sa.text", "exec_driver_sql", "execute_fetchall")):
            assert is_fixed(call.args[0]), f"{path}: {ast.unparse(call)}"


@pytest.mark.asvs("1.2.5", "1.3.2", "1.5.2")
def test_serving_starts_no_process_and_makes_no_code_or_object_from_data() -> None:
    dangerous = ("subprocess", "pickle", "marshal", "shelve", "ctypes", "code", "pty", "xml")
    assert not {name for name in imported() if name.split(".")[0] in dangerous}
    for path, name, call in calls():
        assert name not in ("eval", "exec", "compile", "__import__"), path
        assert not name.startswith(("os.system", "os.popen", "os.exec", "os.spawn")), path
        if name in ("yaml.load", "yaml.load_all"):
            loaders = [ast.unparse(word.value) for word in call.keywords if word.arg == "Loader"]
            assert (path.name, loaders) == ("strict_yaml.py", ["_Loader"]), path  # it makes strings only


@pytest.mark.asvs("1.3.10")
def test_serving_formats_fixed_strings_only() -> None:
    for path, name, call in calls(EDGE):
        if name.endswith((".format", ".format_map")) and isinstance(call.func, ast.Attribute):
            assert is_fixed(call.func.value), f"{path}: {ast.unparse(call)}"


@pytest.mark.asvs("1.1.1")
@pytest.mark.parametrize(
    "text", ["%E8%B7%B3%E8%BF%87", "&#36339;&#36807;", "\\u8df3\\u8fc7", "=?utf-8?B?6Lez6L+H?="]
)
def test_what_is_written_in_another_code_is_not_decoded_a_second_time(text: str) -> None:
    skippable = next(question for question in KNOWLEDGE.questionnaire.questions if question.skippable)
    assert read("跳过", skippable) is not None
    assert read(text, skippable) != read("跳过", skippable)


@pytest.mark.asvs("1.2.9")
@pytest.mark.parametrize("text", [".*", ".", "^.+$", "(", "[", "\\", "a{99999}", "(a+)+$", "|", "?:"])
def test_a_pattern_that_is_typed_is_only_signs(text: str) -> None:
    for question in KNOWLEDGE.questionnaire.questions:
        assert not isinstance(read(text, question), Match), question.id


@pytest.mark.asvs("4.1.3", "15.3.7")
def test_no_header_of_a_proxy_no_cookie_and_no_parameter_of_an_address_is_read() -> None:
    for path, tree in EDGE.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "request":
                assert node.attr in ("headers", "stream"), f"{path}: request.{node.attr}"
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "scope":
                asked = ast.literal_eval(node.slice)
                assert asked in ("type", "method", "path", "headers"), f"{path}: scope[{asked!r}]"
    read_headers = {ast.unparse(call.args[0]) for _, name, call in calls(EDGE) if name == "headers.get"}
    assert read_headers == {"_SECRET", "b'content-type'", "b'content-length'"}
    configured = [call for _, name, call in calls(EDGE) if name == "uvicorn.Config"]
    assert all("proxy_headers=False" in ast.unparse(call) for call in configured)
    assert configured


@pytest.mark.asvs("11.2.1", "11.3.1", "11.3.2", "11.4.1", "11.4.3")
def test_ciphers_and_hashes_are_the_proven_ones_and_in_few_places() -> None:
    used = {name for name in imported() if name.startswith("cryptography.")}
    assert used == {
        "cryptography.exceptions.InvalidTag",
        "cryptography.hazmat.primitives.ciphers.aead.AESGCM",
    }
    for path, name, call in calls():
        if name == "hmac.digest":
            assert ast.unparse(call.args[2]) == "'sha256'", path
    assert {name for name in imported() if name.startswith("hashlib")} == {"hashlib", "hashlib.sha256"}
    hashed = {name.split("(")[0] for _, name, _ in calls() if name.startswith("hashlib.")}
    assert hashed == {"hashlib.sha256"}


@pytest.mark.asvs("11.5.1")
def test_what_must_not_be_guessed_is_never_made_by_the_guessable_generator() -> None:
    guessable = {path.name for path, name, _ in calls() if name.startswith("random.")}
    assert guessable <= {"dispatcher.py", "walking.py", "reserves.py"}  # jitter, imagined workers
    assert "uuid" not in imported()


@pytest.mark.asvs("5.3.2")
def test_no_path_is_made_from_what_comes_in() -> None:
    """The modules that meet updates open no file."""
    for stem in (
        "channels/intake",
        "channels/telegram/updates",
        "channels/telegram/webhook",
        "channels/telegram/polling",
        "storage/unit_of_work",
        "storage/conversations",
        "storage/outbox",
        "delivery/dispatcher",
    ):
        path = ROOT / f"bot/{stem}.py"
        assert path.exists()
        names = {name for of, name, _ in calls() if of == path}
        assert not names & {"open", "Path"}, stem
        assert not [name for name in names if name.endswith((".write_text", ".write_bytes", "path.open"))], (
            stem
        )


@pytest.mark.asvs("4.1.2", "13.4.5")
def test_the_proxy_passes_on_the_webhook_alone_and_leads_nobody_from_http_to_https() -> None:
    file = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    assert "auto_https disable_redirects" in file
    assert [line.split()[1] for line in file.splitlines() if line.strip().startswith("handle")] == [
        "/telegram"
    ]
    assert "respond 404" in file
    ports = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))["services"]
    assert [name for name, service in ports.items() if "ports" in service] == ["proxy"]


@pytest.mark.asvs("13.2.2", "13.4.1")
def test_the_image_holds_named_folders_only_and_neither_it_nor_the_unit_has_rights_to_spare() -> None:
    image = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in image if line.startswith("COPY") and "--from" not in line]
    assert set(copied) == {
        "requirements-office.txt",
        "pyproject.toml",
        "alembic",
        "knowledge",
        "models",
        "bot",
    }
    assert "USER bot" in image
    unit = (ROOT / "deploy/gig-worker-guide.service").read_text(encoding="utf-8").splitlines()
    assert {
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
    } <= set(unit)
    worker = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))["services"]["worker"]
    assert worker["cap_drop"] == ["ALL"]
    assert worker["read_only"] is True


@pytest.mark.asvs("14.2.2")
@pytest.mark.parametrize(
    ("button", "kept"),
    [
        (Button("25岁以下", "a:age:up_to_25_of_this_test"), True),
        (Button("✎ 年龄", "edit:age_of_this_test"), True),
        (Button("复制这句话", "", copies="我这个月先还7391元，其余的想分期。"), False),
        (Button("12期", "calc:loan:7391:12"), False),
        (Button("上一步", "tool:rent:7391:back"), False),
    ],
)
def test_a_button_with_what_a_worker_said_is_not_remembered(button: Button, kept: bool) -> None:
    """What was said to a tool is gone when the tool ends: no memory of the sender may keep it."""
    before = client.same_for_all.cache_info().currsize
    client.keyboard(Message("", ((button,),)))
    assert client.same_for_all.cache_info().currsize == before + kept
