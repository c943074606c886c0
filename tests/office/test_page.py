"""The operator's page and the work queue: on this machine, behind a token, read-only, nobody alone in it."""

from collections import Counter
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot.__main__ import main
from bot.backoffice.page import FRESH, Desk, application
from bot.backoffice.worklist import lines, queue
from bot.check.findings import CheckResult as Findings
from bot.research.participants import Counted, Counts
from bot.research.report import findings
from bot.research.report.findings import Facts
from bot.storage.engine import open_engine
from bot.storage.tables import counts, dead_letters
from tests.office.rooms import KNOWLEDGE, fill, office, talk
from tests.office.towns import DAY, counted

TOKEN = SecretStr("t" * 43)
HOME = "http://127.0.0.1"


class Counting:
    """Gives facts of nobody, and counts how often."""

    def __init__(self, found: Facts) -> None:
        self.times, self.found = 0, found

    async def __call__(self) -> Facts:
        self.times += 1
        return self.found


def client(gather: Counting, clock: list[float] | None = None) -> httpx.AsyncClient:
    now = clock if clock is not None else [0.0]
    desk = Desk(gather, lambda found, language, link: f"{found.day} {language} {link}", lambda: now[0])
    app = application(desk, TOKEN)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOME, follow_redirects=True)


@pytest.fixture(scope="module")
def nobody() -> Counting:
    return Counting(
        findings.facts(
            counted([]), Counts(0, 0, 0, 0), Counted(Counter(), None), KNOWLEDGE, Findings({}, ()), DAY
        )
    )


async def test_without_the_token_nothing_is_shown(nobody: Counting) -> None:
    for address in (
        "/",
        "/?token=",
        "/?token=tttt",
        "/?token=%ff",
        f"/?token={TOKEN.get_secret_value()[1:]}",
    ):
        answer = await client(nobody).get(address)
        assert answer.status_code == 403
        assert not answer.cookies
    known = client(nobody)
    room = (await known.get(f"/?token={TOKEN.get_secret_value()}")).url
    before = nobody.times
    known.cookies.clear()
    for inside in (room, room.join("en"), f"{room}?token={TOKEN.get_secret_value()}"):
        assert (await known.get(inside)).status_code == 403
    assert nobody.times == before


async def test_the_cookie_is_for_this_page_and_not_for_the_machines_other_ports(nobody: Counting) -> None:
    browser = client(nobody)
    opened = await browser.get(f"/?token={TOKEN.get_secret_value()}")
    (cookie,) = browser.cookies.jar
    assert cookie.path == opened.url.path.rstrip("/")
    assert len(cookie.path) > 20
    again = client(nobody)
    assert (await again.get(f"/?token={TOKEN.get_secret_value()}")).url != opened.url
    sent = opened.history[0].headers["Set-Cookie"]
    assert "HttpOnly" in sent
    assert "SameSite=strict" in sent


async def test_the_printed_address_opens_both_languages_and_leaves_no_token_in_it(nobody: Counting) -> None:
    browser = client(nobody)
    opened = await browser.get(f"/?token={TOKEN.get_secret_value()}")
    assert opened.status_code == 200
    assert "token" not in str(opened.url)
    assert opened.text == f"{DAY} zh en"
    other = await browser.get(opened.url.join("en"))
    assert other.text == f"{DAY} en ./"
    assert (await browser.get(other.url.join("./"))).text == opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    assert TOKEN.get_secret_value() not in opened.text


async def test_only_looking_is_possible(nobody: Counting) -> None:
    browser = client(nobody)
    room = (await browser.get(f"/?token={TOKEN.get_secret_value()}")).url
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for address in (f"/?token={TOKEN.get_secret_value()}", room):
            assert (await browser.request(method, address)).status_code == 405


async def test_another_name_of_this_machine_is_refused(nobody: Counting) -> None:
    answer = await client(nobody).get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400


async def test_people_are_counted_again_once_the_last_count_is_old(nobody: Counting) -> None:
    gather, clock = Counting(nobody.found), [0.0]
    browser = client(gather, clock)
    for _ in range(2):
        await browser.get(f"/?token={TOKEN.get_secret_value()}")
    assert gather.times == 1
    clock[0] = FRESH + 1
    await browser.get(f"/?token={TOKEN.get_secret_value()}")
    assert gather.times == 2


async def test_the_queue_counts_letters_by_reason_and_everybodys_calls_for_help(tmp_path: Path) -> None:
    often, seldom = (piece.id for piece in KNOWLEDGE.advice[:2])
    await fill(
        tmp_path / "b.sqlite", [talk(consent=("answers", "abroad"))] * 3, answers=b"canary", blocked=True
    )
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'b.sqlite'}")
    letter = {"person": b"p", "own": True, "body": b"", "reason": "Chat not found", "died_at": 1}
    numbers = {("stuck", often): 10, ("stuck", seldom): 9, ("stuck", "gone"): 11, ("opened", seldom): 90}
    rows = [{"what": k[0], "which": k[1], "number": n, "since": 1} for k, n in numbers.items()]
    async with engine.begin() as connection:
        await connection.execute(sa.insert(dead_letters), [letter] * 3)
        await connection.execute(sa.insert(counts), rows)
    await engine.dispose()
    async with office(tmp_path / "b.sqlite") as rooms:
        waiting = await queue(rooms, DAY)
    assert waiting.letters == {"Chat not found": 3}
    assert list(waiting.stuck.items()) == [("gone", 11), (often, 10), (seldom, 9)]
    told = "\n".join(lines(waiting, KNOWLEDGE, DAY))
    assert "3 dead letters" in told
    assert f"     10  {often}" in told
    assert f"    <10  {seldom}" in told
    assert "3 people have blocked the bot" in told


def test_the_queue_says_where_there_is_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outdated", "--database", str(tmp_path / "none.sqlite")]) == 2
    assert "none" in capsys.readouterr().err
