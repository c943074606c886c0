"""Opens the port on which updates come in. It listens, and never calls anybody."""

import errno
import socket

BACKLOG = 2048  # connections that may wait to be taken


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises OSError that says which setting to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "another program uses it" if taken else "it can't be opened on this machine"
        raise OSError(f"WEBHOOK_HOST {host}, WEBHOOK_PORT {port}: {reason}") from None
