"""The webhook: who may speak, what is read, and which status tells Telegram to deliver again."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from bot.channels.intake import Intake
from bot.channels.telegram.updates import NotAnUpdate, inbound_of, read_update
from bot.channels.telegram.webhook import LARGEST, PATH, SECRET_HEADER, webhook
from bot.dialogue.conversation import Command, Group, Tap
from bot.ops.metrics import Metrics
from bot.storage.engine import open_database, opened
from bot.storage.tables import conversations, outbox, updates
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.databases import connect
from tests.talks import CONSENT, KEYRING, SHORT_PATH, settling_today

SECRET = "s" * 43
RIGHT = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
WORKER = {"id": 7, "is_bot": False, "first_name": "王", "language_code": "zh-hans"}
PRIVATE = {"id": 7, "type": "private", "first_name": "王"}


def said(update: int, text: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    message = {"message_id": update, "date": 1, "chat": chat, "from": WORKER, "text": text}
    return {"update_id": update, "message": message}


def tapped(update: int, data: str) -> dict[str, Any]:
    message = {"message_id": 3, "date": 1, "chat": PRIVATE, "text": "?"}
    query = {"id": str(update), "from": WORKER, "chat_instance": "1", "data": data, "message": message}
    return {"update_id": update, "callback_query": query}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(f"sqlite:///{tmp_path / 'bot.sqlite'}", KEYRING, settling_today()) as store:
        yield store


def client_of(
    store: Store, alive: Callable[[], bool] = lambda: True, campaigns: tuple[str, ...] = ()
) -> httpx.AsyncClient:
    metrics = Metrics(campaigns)
    metrics.health.working = alive
    app = webhook(Intake(store, metrics), store, metrics, SecretStr(SECRET))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")


@pytest.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(store) as client:
        yield client


async def rows(store: Store) -> int:
    async with connect(store.database) as connection:
        counts = [
            await connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (conversations, updates, outbox)
        ]
    return sum(count or 0 for count in counts)


@pytest.mark.asvs("1.2.3")
async def test_a_turn_is_answered_when_it_is_committed_and_a_tap_on_the_response_itself(
    store: Store, client: httpx.AsyncClient
) -> None:
    response = await client.post(PATH, headers=RIGHT, json=said(1, "/start"))
    assert (response.status_code, response.content) == (200, b"")
    for number, data in enumerate((*CONSENT, SHORT_PATH[0]), start=2):
        response = await client.post(PATH, headers=RIGHT, json=tapped(number, data))
        assert response.json() == {"method": "answerCallbackQuery", "callback_query_id": str(number)}
    talk = await store.conversation(at(7))
    assert talk is not None
    assert talk.answers == {"age": ("from_31_to_40",)}


async def test_how_many_came_by_each_declared_link_is_counted_and_forged_labels_are_not_repeated(
    store: Store,
) -> None:
    came = [
        (8, "/start poster_1"),
        (9, "/start poster_1"),
        (9, "/start poster_1"),
        (10, "/start <b>x"),
        (11, "你好"),
    ]
    async with client_of(store, campaigns=("poster_1", "poster_2")) as client:
        for update, (chat, text) in enumerate(came, start=1):
            body = said(update, text, {**PRIVATE, "id": chat})
            body["message"]["from"] = {**WORKER, "id": chat}
            await client.post(PATH, headers=RIGHT, json=body)
        page = (await client.get("/metrics")).text
    counted = {line for line in page.splitlines() if line.startswith("gigguide_came_total{")}
    assert counted == {
        'gigguide_came_total{campaign="poster_1"} 2.0',
        'gigguide_came_total{campaign="poster_2"} 0.0',
        'gigguide_came_total{campaign="other"} 1.0',
    }
    assert "<b>" not in page


@pytest.mark.parametrize("secret", [None, "", "x", SECRET + "s", SECRET[:-1], "密" * 14, "s" * 100_000])
@pytest.mark.asvs("8.2.1")
async def test_without_the_secret_nothing_is_read(
    store: Store, client: httpx.AsyncClient, secret: str | None
) -> None:
    headers: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json")]
    if secret is not None:
        headers.append((SECRET_HEADER.encode(), secret.encode()))
    response = await client.post(PATH, headers=headers, content=b"{" * 10)
    assert response.status_code == 403
    assert await rows(store) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200), (b"{", 200), (b"\xff\xfe", 200), (b"null", 200), (b"[]", 200), (b"{}", 200),
        (b'{"update_id": "x"}', 200), (b'{"update_id": 99999999999999999999}', 200),
        (b'{"update_id": 1, "message": 5}', 200), (b'{"update_id": 1, "poll": {}}', 200),
        (b'{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 7, "type": "private"}}}', 200),
        (b"[" * 200_000, 200), (b" " * (LARGEST + 1), 413), (b" " * 20_000_000, 413),
    ],
)  # fmt: skip
async def test_content_that_no_one_can_read_is_done_with_and_stores_nothing(
    store: Store, client: httpx.AsyncClient, body: bytes, status: int
) -> None:
    response = await client.post(PATH, headers=RIGHT, content=body)
    assert response.status_code == status
    assert await rows(store) == 0


@pytest.mark.asvs("5.2.1")
async def test_a_body_that_does_not_tell_its_length_is_cut_off(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000

    assert (await client.post(PATH, headers=RIGHT, content=endless())).status_code == 413


async def test_only_json_by_post_is_heard(client: httpx.AsyncClient) -> None:
    with_charset = RIGHT | {"Content-Type": "application/json; charset=utf-8"}
    assert (await client.post(PATH, headers=with_charset, json={})).status_code == 200
    as_form = RIGHT | {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post(PATH, headers=as_form, content=b"{}")).status_code == 415
    assert (await client.get(PATH, headers=RIGHT)).status_code == 405
    assert (await client.post("/", headers=RIGHT, json={})).status_code == 404


async def test_an_update_for_a_forgotten_conversation_begins_anew(
    store: Store, client: httpx.AsyncClient
) -> None:
    assert (await client.post(PATH, headers=RIGHT, json=tapped(1, "a:age:from_31_to_40"))).status_code == 200
    talk = await store.conversation(at(7))
    assert talk is not None
    assert not talk.answers


class Broken(Store):
    """A store whose database is gone."""

    async def take(self, inbound: Inbound) -> bool:
        raise OperationalError("", {}, OSError("gone"))


async def test_a_turn_that_could_not_be_stored_is_asked_for_again(store: Store) -> None:
    broken = Broken(store.database, KEYRING, settling_today())
    async with client_of(broken) as client:
        assert (await client.post(PATH, headers=RIGHT, json=said(1, "/start"))).status_code == 500


async def test_health_readiness_and_counts_are_told(store: Store, client: httpx.AsyncClient) -> None:
    await client.post(PATH, headers=RIGHT, json=said(1, "/start"))
    await client.post(PATH, headers=RIGHT, json=said(1, "/start"))
    assert (await client.get("/healthz")).text == "alive"
    assert (await client.get("/readyz")).json()["outbox"] == 1
    page = (await client.get("/metrics")).text
    assert 'gigguide_updates_total{result="taken"} 1.0' in page
    assert 'gigguide_updates_total{result="repeated"} 1.0' in page
    async with client_of(store, alive=lambda: False) as stopped:
        assert (await stopped.get("/healthz")).status_code == 503


@pytest.mark.asvs("16.5.2")
async def test_without_its_database_the_worker_is_alive_but_not_ready(tmp_path: Path) -> None:
    database = open_database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    async with client_of(Store(database, KEYRING, settling_today())) as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "the database doesn't answer")
        measured = await client.get("/metrics")
        assert measured.status_code == 200
        assert "gigguide_database_up 0.0" in measured.text
        assert "gigguide_ready 0.0" in measured.text
        assert (await client.post(PATH, headers=RIGHT, json=said(1, "/start"))).status_code == 500
    await database.dispose()


async def test_who_hangs_up_in_the_middle_of_a_body_leaves_nothing(store: Store) -> None:
    app = webhook(Intake(store, Metrics()), store, Metrics(), SecretStr(SECRET))
    sent: list[Any] = []
    body = [{"type": "http.request", "body": b'{"update_id"', "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return body.pop(0)

    async def send(event: Any) -> None:
        sent.append(event)

    headers = [(name.lower().encode(), value.encode()) for name, value in RIGHT.items()]
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": headers, "query_string": b""}
    await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert await rows(store) == 0


@pytest.mark.parametrize(
    "chat",
    [
        {"id": -5, "type": "group", "title": "x"},
        {"id": -5, "type": "supergroup", "title": "x", "is_forum": True},
        {"id": -5, "type": "channel", "title": "x"},
        {"id": 8, "type": "private", "first_name": "somebody else"},
    ],
)
def test_only_ones_own_private_chat_is_a_talk(chat: dict[str, Any]) -> None:
    inbound = inbound_of(read_update(said(1, "hello", chat)))
    assert inbound is None
    inbound = inbound_of(read_update(said(1, "/start", chat)))
    in_group = chat["type"] in ("group", "supergroup")
    assert inbound == (Inbound(1, at(-5), Group()) if in_group else None)


@pytest.mark.parametrize(
    "kind", ["edited_message", "channel_post", "inline_query", "business_message", "poll"]
)
def test_other_kinds_of_update_are_passed_over(kind: str) -> None:
    assert inbound_of(read_update({"update_id": 1, kind: said(1, "/start")["message"]})) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/ask\n社保断缴了怎么办", Command("ask", "社保断缴了怎么办")),
        ("/ask\u3000社保 断缴 ", Command("ask", "社保 断缴")),
        ("/", Command("")),
        ("/ ", Command("")),
        ("/START", Command("start")),
    ],
)
def test_a_command_ends_at_any_blank(text: str, command: Command) -> None:
    inbound = inbound_of(read_update(said(1, text)))
    assert inbound is not None
    assert inbound.incoming == command


@pytest.mark.asvs("15.3.3")
def test_what_is_read_of_an_update() -> None:
    assert inbound_of(read_update(json.dumps(said(1, "/Start@my_bot x")).encode())) == Inbound(
        1, at(7), Command("start", "x")
    )
    assert inbound_of(read_update(tapped(2, "a:b:c"))) == Inbound(2, at(7), Tap("a:b:c"), "zh", "3")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=500)
@given(st.data())
@pytest.mark.asvs("1.4.2", "2.2.1", "15.3.5", "1.5.2")
def test_no_mutation_of_an_update_is_worse_than_unreadable(data: st.DataObject) -> None:
    update: Any = data.draw(st.sampled_from([said(1, "/start"), tapped(2, "a:b:c")]))
    update = json.loads(json.dumps(update))
    place, key = update, None
    for _ in range(data.draw(st.integers(1, 4))):
        if not isinstance(place, dict) or not place:
            break
        key = data.draw(st.sampled_from(sorted(place)))
        parent, place = place, place[key]
    if key is not None:
        parent[key] = data.draw(ANY)
    try:
        inbound = inbound_of(read_update(update))
    except NotAnUpdate:
        return
    assert inbound is None or isinstance(inbound, Inbound)
