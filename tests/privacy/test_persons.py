"""Never the wrong person: whatever is tapped, said or forged, only one's own talk is read or changed."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.channels.intake import Intake
from bot.channels.telegram.updates import inbound_of, read_update
from bot.channels.telegram.webhook import PATH, SECRET_HEADER, webhook
from bot.dialogue.conversation import Command, Tap
from bot.ops.metrics import Metrics
from bot.storage.engine import opened
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.lengths import tries
from tests.talks import CONSENT, KEYRING, SHORT_PATH, settling_today, turned
from tests.test_webhook import RIGHT, SECRET, rows, said, tapped

TRIPLES = tries("triples")
REQUESTS = tries("requests")
PEOPLE = 40


@pytest.mark.asvs("8.2.2")
def test_no_one_of_many_random_taps_reads_or_changes_another_person_s_talk() -> None:
    """Random (person, chat, button): the inbound of somebody in a chat that isn't theirs doesn't exist."""
    dice, talks = random.Random(3), {}
    others = "go:forget go:mydata go:data_file go:result go:review go:restart /mydata lang:en edit:income"
    buttons = [*CONSENT, *SHORT_PATH, *others.split(), "mark:emergency_fund:done", "remind:survey:week"]
    for person in range(PEOPLE):
        words = ["/start", *CONSENT, *SHORT_PATH[: dice.randrange(len(SHORT_PATH) + 1)]]
        inbounds = [
            Inbound(n, at(person), Command("start") if w == "/start" else Tap(w)) for n, w in enumerate(words)
        ]
        settled = turned(inbounds)
        talk = settled.conversations[at(person)]
        assert talk is not None
        # A mark of their own by which anything of this person would be recognised.
        talks[person] = replace(talk, stuck=(f"own{person}",))
    for number in range(TRIPLES):
        person, chat, button = dice.randrange(PEOPLE), dice.randrange(PEOPLE), dice.choice(buttons)
        raw = json.loads(json.dumps(tapped(number, button) if ":" in button else said(number, button)))
        part: dict[str, Any] = raw.get("callback_query") or raw["message"]
        part["from"]["id"] = person
        (part.get("message") or part)["chat"]["id"] = chat
        inbound = inbound_of(read_update(raw))
        if person != chat:
            assert inbound is None
            continue
        assert inbound is not None
        assert inbound.chat == at(person)
        settled = turned([inbound], {at(person): talks[person]})
        assert set(settled.conversations) <= {at(person)}
        assert all(outgoing.chat == at(person) for outgoing in settled.outgoing)
        told = " ".join(str(outgoing.message) for outgoing in settled.outgoing)
        assert not [other for other in range(PEOPLE) if other != person and f'own{other}"' in told]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(f"sqlite:///{tmp_path / 'b.sqlite'}", KEYRING, settling_today()) as store:
        yield store


def mutated(dice: random.Random) -> tuple[bytes, dict[str, str]]:
    """A request that was right once: bytes changed, cut, doubled, fields swapped, headers bent."""
    body = bytearray(json.dumps(dice.choice([said(1, "/start"), tapped(2, "a:age:from_60")])).encode())
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(body) + 1)
        match dice.randrange(5):
            case 0:
                body[place:place] = dice.randbytes(dice.randrange(1, 5))
            case 1:
                del body[place : place + dice.randrange(1, 20)]
            case 2:
                body[place:place] = body[place : place + 30]
            case 3:
                body[place:place] = dice.choice(
                    [b"null", b"[]", b"{}", b"-1", b"1e400", b'"\\ud800"', b"\x00"]
                )
            case _:
                body = body or bytearray(b"{")
                body[place % len(body)] = dice.randrange(256)
    headers = dict(RIGHT)
    if dice.random() < 0.5:
        secret = dice.choice(["", "x", SECRET[:-1], SECRET + "x", SECRET.upper(), "ÿ" * 20])
        headers[SECRET_HEADER] = secret
    if dice.random() < 0.1:
        headers["Content-Type"] = dice.choice(["text/plain", "application/json;x", "", "multipart/form-data"])
    return bytes(body), headers


@pytest.mark.asvs("2.2.1")
async def test_no_mutated_request_gets_in_without_the_secret_or_breaks_the_intake(store: Store) -> None:
    dice, metrics = random.Random(4), Metrics()
    app = webhook(Intake(store, metrics), store, metrics, SecretStr(SECRET))
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    statuses: dict[int, int] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        for _ in range(REQUESTS):
            body, headers = mutated(dice)
            before = await rows(store) if headers[SECRET_HEADER] != SECRET else 0
            encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
            response = await client.post(PATH, content=body, headers=encoded)
            statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
            if headers[SECRET_HEADER] != SECRET:
                assert response.status_code == 403
                assert await rows(store) == before
    assert set(statuses) <= {200, 403, 415}, statuses
    assert statuses[200] > REQUESTS / 4
