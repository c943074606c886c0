"""A talk through what stands around the bot: nothing is lost when a part of it goes and comes back."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.deploy import around
from tests.deploy.around import NotHere, program, proxied, through_caddy, through_pgbouncer
from tests.deploy.units import UNITS, verified
from tests.faults.crowd import Findings
from tests.faults.service import free_port


def needed(name: str, package: str) -> None:
    """Skip where a program is missing, but not where everything has to be there."""
    if os.environ.get("REQUIRE_DEPLOYMENT"):
        return
    try:
        program(name, package)
    except NotHere as reason:
        pytest.skip(str(reason))


def nothing_is_lost(found: Findings) -> None:
    assert found.updates > 0
    assert (found.lost, found.wrong, found.waiting, found.omitted, found.disorder) == (0,) * 5, found


@pytest.mark.slow
@pytest.mark.postgres
async def test_a_talk_goes_on_when_the_pooler_before_the_database_is_restarted(
    tmp_path: Path, postgres: str
) -> None:
    needed("pgbouncer", "pgbouncer")
    nothing_is_lost(await through_pgbouncer(postgres, tmp_path))


@pytest.mark.slow
@pytest.mark.postgres
async def test_a_talk_goes_on_when_one_of_two_behind_the_proxy_is_killed(
    tmp_path: Path, postgres: str
) -> None:
    needed("caddy", "caddy")
    nothing_is_lost(await through_caddy(postgres, tmp_path))


@pytest.mark.slow
async def test_a_request_that_comes_a_byte_at_a_time_holds_no_connection_of_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed("caddy", "caddy")
    settings, port = around.proxy_settings, free_port()

    def sooner(*given: object) -> str:
        text = settings(*given)  # type: ignore[arg-type]
        assert "read_header 10s" in text
        return text.replace("read_header 10s", "read_header 1s")

    monkeypatch.setattr(around, "proxy_settings", sooner)
    async with proxied([free_port()], port, tmp_path), asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /telegram HTTP/1.1\r\nX-Slow: ")

        async def dripping() -> None:
            while True:
                writer.write(b"a")
                await asyncio.sleep(0.02)

        dripper = asyncio.create_task(dripping())
        assert b"200 OK" not in await reader.read()
        dripper.cancel()
        writer.close()


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    needed("systemd-analyze", "systemd")
    lines = list(verified(tmp_path))
    assert len(lines) == len(UNITS) > 1
    for line in lines:
        assert "nothing to complain of" in line
        assert "OK" in line
