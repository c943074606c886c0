"""A Bot API that answers every call alike: for processes that are to meet just that answer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WEBHOOK = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
ME = {"id": 1, "is_bot": True, "first_name": "B", "username": "b_bot"}


@contextmanager
def bot_api(status: int = 200) -> Iterator[str]:
    """Serve on a port of this machine; returns the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            good = {"ok": True, "result": WEBHOOK if self.path.endswith("getWebhookInfo") else ME}
            bad = {"ok": False, "error_code": status, "description": "Unauthorized"}
            body = json.dumps(good if status == 200 else bad).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
