"""`make demo` opens a chat in which the bot answers: the first time, and every time after."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.faults.service import ROOT, free_port

PATIENCE = 60  # seconds; a busy machine takes some to start


async def greeted(database: Path) -> tuple[int, str]:
    """Run the demo as a process, open a chat and start; returns the chat and the first words of the bot."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    line = ["-m", "bot", "demo", "--port", str(port), "--database", str(database)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *line, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as page:
            assert process.stdout is not None
            assert address in (await process.stdout.readline()).decode()
            async with page.get(f"{address}/page/events") as events:
                async with page.post(f"{address}/page/chats", json={"name": "小王"}) as opened:
                    chat = (await opened.json())["id"]
                async with page.post(f"{address}/page/chats/{chat}/start", json={}) as started:
                    assert started.status == 204
                async for event in events.content:
                    if event.startswith(b"data:") and (text := said_by_the_bot(json.loads(event[5:]))):
                        return chat, text
        raise AssertionError("the page stopped telling")
    finally:
        process.kill()
        await process.wait()


def said_by_the_bot(content: Any) -> str:
    """Find the text of a bot's message in an event of the page."""
    if isinstance(content, dict):
        if content.get("from", {}).get("is_bot") and "text" in content:
            return str(content["text"])
        return next((text for part in content.values() if (text := said_by_the_bot(part))), "")
    return ""


@pytest.mark.slow
async def test_the_demo_greets_a_new_worker_however_often_it_was_started_before(tmp_path: Path) -> None:
    first, second = [await greeted(tmp_path / "demo.sqlite") for _ in range(2)]
    assert first[1].startswith("您好")
    assert second[1] == first[1], "a new worker, who is greeted as one"
    assert second[0] != first[0]
