"""The pictures and files that the double keeps, in memory."""

import hashlib
import mimetypes
import struct
from dataclasses import dataclass

from bot.demo.double.refusals import bad_request

MOST_PHOTO_BYTES = 10_000_000  # published in MB: the smaller reading
MOST_FILE_BYTES = 50_000_000
MOST_DOWNLOAD_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file off the wire."""

    name: str
    content: bytes
    kind: str = ""  # media type; guessed from the name when empty


@dataclass(frozen=True, slots=True)
class File:
    """A file that the double keeps."""

    id: str
    unique_id: str
    path: str  # as getFile gives it
    name: str
    kind: str
    content: bytes


class Files:
    """Files by id and by path."""

    def __init__(self) -> None:
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}

    def keep(self, upload: Upload, folder: str) -> File:
        """Keep an upload in one of Telegram's folders: photos, documents or stickers."""
        number = len(self._by_id) + 1
        unique = hashlib.sha256(upload.content).hexdigest()[:16]
        kind = upload.kind or mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        suffix = f".{upload.name.rsplit('.', 1)[-1]}" if "." in upload.name else ""
        file = File(
            id=f"AgAC-{number}-{unique}",
            unique_id=unique,
            path=f"{folder}/file_{number}{suffix}",
            name=upload.name,
            kind=kind,
            content=upload.content,
        )
        self._by_id[file.id] = self._by_path[file.path] = file
        return file

    def find(self, id: str) -> File | None:
        """Look a file up by its id."""
        return self._by_id.get(id)

    def find_path(self, path: str) -> File | None:
        """Look a file up by its path."""
        return self._by_path.get(path)


def measure_picture(content: bytes) -> tuple[int, int]:
    """Read width and height in pixels off a PNG, JPEG, GIF or WebP (lossy or extended).

    Raises:
        Refusal: 400 `IMAGE_PROCESS_FAILED` for any other kind, 400 `PHOTO_INVALID_DIMENSIONS` when its
            sides add up to more than 10000 or its ratio is above 20.
    """
    size = _measure_png(content) or _measure_jpeg(content) or _measure_other(content)
    if size is None or not all(size):
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > 10000 or max(size) > 20 * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def _measure_png(content: bytes) -> tuple[int, int] | None:
    if len(content) < 24 or not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _measure_jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    if not content.startswith(b"\xff\xd8"):
        return None
    while at + 9 <= len(content):
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _measure_other(content: bytes) -> tuple[int, int] | None:
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    if content[12:16] == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if content[12:16] == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None
