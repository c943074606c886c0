"""The wire: what responses tell, where requests end, and that nobody can lead our own calls elsewhere."""

import asyncio
import contextlib
import datetime
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from telegram.error import NetworkError

from bot.channels import listening as door
from bot.channels.listening import server_of
from bot.channels.pages import pages
from bot.channels.telegram.transport import Request
from bot.channels.telegram.webhook import SECRET_HEADER
from bot.ops.metrics import Metrics
from bot.storage.embedded import Embedded
from bot.storage.unit_of_work import Store
from tests.test_webhook import RIGHT, client, client_of, said, store

__all__ = ["client", "store"]  # fixtures


async def break_database(store: Store) -> None:
    """Put a folder where the file of the database was."""
    await store.database.read(lambda connection: connection.invalidate())
    assert isinstance(store.database, Embedded)
    file = store.database.path
    file.unlink()
    file.mkdir()


@pytest.mark.asvs("4.1.1", "13.4.2", "13.4.3", "13.4.4", "16.5.1")
async def test_every_response_says_what_it_is_and_an_error_tells_nothing(
    store: Store, client: httpx.AsyncClient
) -> None:
    answers = [
        await client.get("/healthz"),
        await client.get("/readyz"),
        await client.get("/metrics"),
        await client.get("/"),
        await client.get("/bot/"),
        await client.post("/telegram", content=b"{}"),
        await client.post("/telegram", content=b"{}", headers={SECRET_HEADER: RIGHT[SECRET_HEADER]}),
        await client.request("TRACE", "/telegram", headers={"X-Tell": "back"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 404, 403, 415, 405]
    for answer in answers:
        kind = answer.headers["content-type"]
        assert kind == "application/json" or (kind.startswith("text/plain") and "charset=utf-8" in kind)
        assert "X-Tell" not in answer.text
    await break_database(store)
    failed = await client.post("/telegram", json=said(1, "/start"), headers=RIGHT)
    assert (failed.status_code, failed.text) == (500, "not stored, deliver it again")


@pytest.mark.parametrize("path", ["/telegram/", "/healthz/", "/readyz/", "/metrics/"])
@pytest.mark.parametrize("by", ["webhook", "polling"])
async def test_no_slash_at_an_address_s_end_leads_to_the_host_that_the_request_names(
    store: Store, client: httpx.AsyncClient, by: str, path: str
) -> None:
    if by == "polling":
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(pages(store, Metrics())), base_url="http://bot"
        )
    for method in ("GET", "POST"):
        answer = await client.request(method, path, headers={**RIGHT, "Host": "elsewhere.example"})
        assert (answer.status_code, answer.headers.get("location")) == (404, None)


@contextlib.asynccontextmanager
async def listening(store: Store) -> AsyncIterator[int]:
    """The webhook behind the real server; returns its port."""
    async with client_of(store) as through:
        app = through._transport.app  # type: ignore[attr-defined]  # the ASGI application
        socket = door.listen("127.0.0.1", 0)
        server = server_of(app, 1)
        task = asyncio.create_task(server.serve(sockets=[socket]))
        while not server.started:  # noqa: ASYNC110 - it tells by nothing else
            await asyncio.sleep(0.01)
        yield socket.getsockname()[1]
        server.should_exit = True
        await task


@pytest.mark.asvs("4.2.1")
async def test_a_request_whose_end_is_in_doubt_is_refused(store: Store) -> None:
    async with listening(store) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /telegram HTTP/1.1\r\nHost: bot\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: bot\r\n\r\n"
        )
        async with asyncio.timeout(10):
            answer = await reader.read(65_536)
        writer.close()
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"gigguide_updates_total" not in answer


HEAD = b"POST /telegram HTTP/1.1\r\nHost: bot\r\nX-Telegram-Bot-Api-Secret-Token: %s\r\n"
HELD = b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    ("at_once", "drop"),
    [
        (b"", b""),
        (b"", b"\r\n"),
        (b"GET /healthz HTTP/1.1\r\nX-Slow: ", b"a"),
        (b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n", b"\r\n"),
        (HEAD % b"guess" + HELD, b" "),
        (HEAD % RIGHT[SECRET_HEADER].encode() + HELD, b" "),
    ],
    ids=["silence", "empty lines", "a head", "empty lines after a request", "a refused body", "a body"],
)
@pytest.mark.asvs("15.2.2")
async def test_a_request_that_comes_a_byte_at_a_time_holds_no_connection(
    store: Store, monkeypatch: pytest.MonkeyPatch, at_once: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(door, "WHOLE", 0.2)
    async with listening(store) as port, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(at_once)

        async def dripping() -> None:
            while True:
                writer.write(drop)
                await asyncio.sleep(0.02)

        dripper = asyncio.create_task(dripping())
        with contextlib.suppress(ConnectionResetError):
            while await reader.read(65_536):
                pass  # an answer may come before the end
        dripper.cancel()
        writer.close()


async def test_a_connection_is_kept_for_requests_that_come_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "WHOLE", 1.0)
    async with listening(store) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(3):
            answer = await client.get("/healthz")
            assert (answer.status_code, answer.text) == (200, "alive")
            await asyncio.sleep(0.5)
        (pooled,) = client._transport._pool.connections  # type: ignore[attr-defined]
        assert pooled.is_idle()


@contextlib.asynccontextmanager
async def serving(app: web.Application, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    sockets: list[socket.socket] = site._server.sockets  # type: ignore[union-attr]
    yield sockets[0].getsockname()[1]
    await runner.cleanup()


@pytest.mark.asvs("15.3.2")
async def test_nobody_can_lead_a_message_elsewhere_by_a_redirect() -> None:
    caught: list[str] = []

    async def thief(request: web.Request) -> web.Response:
        caught.append(await request.text())
        return web.json_response({"ok": True, "result": True})

    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("/thief")

    app = web.Application()
    app.add_routes([web.post("/thief", thief), web.post("/send", away)])
    request = Request()
    await request.initialize()
    async with serving(app) as port:
        with pytest.raises(NetworkError):
            await request.call(f"http://127.0.0.1:{port}/send", {"text": "您的结果"})
        status, _ = await request.do_request(f"http://127.0.0.1:{port}/send", "POST")
    await request.shutdown()
    assert status == 307
    assert caught == []


def self_made(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(form))
    (folder / "key.pem").write_bytes(
        key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.asvs("12.3.2")
async def test_a_server_whose_certificate_nobody_vouches_for_is_not_talked_to(tmp_path: Path) -> None:
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(await request.text())
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/send", hear)])
    request = Request()
    await request.initialize()
    async with serving(app, self_made(tmp_path)) as port:
        with pytest.raises(NetworkError, match="Certificate"):
            await request.call(f"https://127.0.0.1:{port}/send", {"text": "您的结果"})
    await request.shutdown()
    assert heard == []


@pytest.mark.asvs("16.3.1", "16.3.2")
async def test_who_is_refused_at_the_webhook_is_counted(client: httpx.AsyncClient) -> None:
    for _ in range(3):
        await client.post("/telegram", json=said(1, "/start"), headers={**RIGHT, SECRET_HEADER: "guess"})
    assert 'gigguide_updates_total{result="forbidden"} 3.0' in (await client.get("/metrics")).text
