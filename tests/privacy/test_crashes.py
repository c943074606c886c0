"""A crash tells where and of what kind, and nothing of anyone: in the error stream, dumps, core files."""

import asyncio
import json
import re
import resource
import sys
from pathlib import Path

import pytest
import yaml

from bot.demo.double.server import Simulator
from bot.privacy.keyring import Keyring, keys_in
from tests.faults.service import Service
from tests.privacy.test_storage import traces
from tests.talks import CONSENT, TOKEN, tap

ROOT = Path(__file__).parents[2]
CANARY = "canary7f3a5c"
UNIT = (ROOT / "deploy/gig-worker-guide.service").read_text(encoding="utf-8")

# What breaks when the canary is typed, with everything that is known in the error's own words.
BREAKS = {
    "turn": """
from bot.dialogue.flow import Flow
taken = Flow.step
def step(self, talk, incoming, *rest, **more):
    if CANARY in str(incoming):
        raise RuntimeError(f"{talk} {incoming}")
    return taken(self, talk, incoming, *rest, **more)
Flow.step = step
""",
    "intake": """
from bot.channels.intake import Intake
taken = Intake.take
async def take(self, data):
    if CANARY in str(data):
        raise RuntimeError(f"{data} {os.environ['BOT_TOKEN']}")
    return await taken(self, data)
Intake.take = take
""",
    "dispatcher": """
from bot.channels.telegram.client import Telegram
sent = Telegram.deliver
async def deliver(self, outgoing, *rest):
    if CANARY in str(outgoing) or outgoing.chat in TALKED:
        raise RuntimeError(f"{outgoing} {os.environ['BOT_TOKEN']} {CANARY}")
    return await sent(self, outgoing, *rest)
Telegram.deliver = deliver
from bot.channels.intake import Intake
taken, TALKED = Intake.take, set()
async def take(self, data):
    if CANARY in str(data):
        TALKED.add(data.chat)
    return await taken(self, data)
Intake.take = take
""",
    "task": """
import asyncio, gc
from bot.channels.intake import Intake
taken = Intake.take
async def fail(data):
    raise RuntimeError(f"{data} {os.environ['BOT_TOKEN']}")
async def take(self, data):
    if CANARY in str(data):
        asyncio.create_task(fail(data))
        asyncio.get_running_loop().call_later(1, gc.collect)  # when a task goes, its loop tells of its end
    return await taken(self, data)
Intake.take = take
""",
    "thread": """
import threading
from bot.channels.intake import Intake
taken = Intake.take
def fail(data):
    raise RuntimeError(f"{data}")
class Closing:
    def __init__(self, data):
        self.data = data
    def __repr__(self):
        return f"{self.data}"
    def __del__(self):
        raise RuntimeError(f"{self.data}")
async def take(self, data):
    if CANARY in str(data):
        threading.Thread(target=fail, args=(data,), name=f"{data}").start()
        Closing(data)
    return await taken(self, data)
Intake.take = take
""",
    "abort": """
from bot.channels.intake import Intake
taken = Intake.take
async def take(self, data):
    if CANARY in str(data):
        words, token = str(data), os.environ["BOT_TOKEN"]
        os.abort()
    return await taken(self, data)
Intake.take = take
""",
}
RUN = f"import os, runpy, sys\nCANARY = {CANARY!r}\n%s\nrunpy.run_module('bot', run_name='__main__')\n"


class Breaking(Service):
    """The bot as the operator runs it, in which one thing breaks; it may leave no core file."""

    what = "turn"

    async def start(self) -> None:
        (self.folder / "here").mkdir()
        limit = int(re.findall(r"^LimitCORE=(\d+)$", UNIT, re.MULTILINE)[0])
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-X", "faulthandler", "-c", RUN % BREAKS[self.what], "polling",
                env={**self.environment, "PYTHONPATH": str(ROOT)}, cwd=self.folder / "here",
                stdout=log, stderr=log,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (limit, limit)),
            )  # fmt: skip

    def whole_log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


async def until_told(service: Breaking, words: str) -> None:
    """Wait until the log has these words or the process has ended."""
    async with asyncio.timeout(30):
        while words not in service.whole_log():
            assert service.process is not None
            if service.process.returncode is not None:
                break
            await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "told", "ends"),
    [
        ("turn", '"what": "turn failed"', False),
        ("intake", '"what": "crashed"', True),
        ("dispatcher", '"what": "message met a bug"', False),
        ("task", '"from": "asyncio"', False),
        ("thread", '"what": "crashed"', False),
        ("abort", "Fatal Python error: Aborted", True),
    ],
)
@pytest.mark.asvs("16.5.4", "16.2.5")
async def test_pipl_51_whatever_breaks_in_the_process_its_last_words_hold_no_word_no_id_and_no_token(
    tmp_path: Path, what: str, told: str, ends: bool
) -> None:
    async with Simulator(token=TOKEN) as simulator:
        service = Breaking(tmp_path, f"sqlite:///{tmp_path / 'b.sqlite'}", simulator.api_url)
        service.what = what
        await service.start()
        try:
            worker = simulator.worker("王")
            await worker.starts()
            await worker.expects(lambda screen: bool(screen.from_bot), 60)  # it takes its time to start
            for data in (*CONSENT, "a:age:from_31_to_40", "a:occupation:food_delivery"):
                await tap(worker, data)
            await worker.expects(lambda screen: screen.last.button("a:province:shanghai") is not None)
            await worker.says(CANARY)
            await until_told(service, told)
            assert service.process is not None
            if ends:
                async with asyncio.timeout(30):
                    await service.process.wait()
            assert (service.process.returncode is not None) is ends
        finally:
            await service.kill()
        log = service.whole_log()
        assert told in log
        person = Keyring(keys_in(tmp_path / "master.keys")).pseudonym(str(worker.chat_id))
        secrets = [
            CANARY,
            TOKEN,
            TOKEN.split(":")[1],
            str(worker.chat_id),
            "王",
            "food_delivery",
            person.hex(),
        ]
        assert [secret for secret in secrets if secret in log] == []
        assert not list((tmp_path / "here").iterdir()), "a core file, or another dump"
        assert traces(tmp_path, [CANARY.encode()]) == []
        for line in log.splitlines() if what != "abort" else ():
            assert set(json.loads(line)) <= {"at", "level", "from", "what", "error", "place", "version"}


@pytest.mark.asvs("13.4.2")
def test_neither_the_unit_nor_the_composition_lets_memory_be_written_to_a_core_file() -> None:
    """Where it is a pipe that takes cores, the limit is that program's to keep: docs/operating.md."""
    assert "LimitCORE=0" in UNIT.splitlines()
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))["services"]
    for name in ("migrate", "worker", "database"):
        assert services[name]["ulimits"] == {"core": 0}, name
    image = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    assert "--ulimit core=0" in image.splitlines()[1]
    assert "--ulimit core=0" in (ROOT / "docs/operating.md").read_text(encoding="utf-8")
