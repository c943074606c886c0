"""Pictures are measured as Telegram does, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.double.files import measure_picture
from bot.demo.double.refusals import Refusal


@given(
    st.binary(max_size=64),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF89a", b"RIFF0000WEBPVP8X"]),
)
def test_any_bytes_are_measured_or_refused(rest: bytes, start: bytes) -> None:
    try:
        width, height = measure_picture(start + rest)
    except Refusal as refusal:
        description = refusal.description
    else:
        description = ""
        assert 0 < width + height <= 10000
    assert description in ("", "Bad Request: IMAGE_PROCESS_FAILED", "Bad Request: PHOTO_INVALID_DIMENSIONS")


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x0b\x08\0\x10\0\x20\x03xx", (32, 16)),
        (b"GIF89a\x20\0\x10\0", (32, 16)),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x1f\0\0\x0f\0\0", (32, 16)),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + b"\x20\0\x10\0", (32, 16)),
    ],
)
def test_pictures_of_each_kind_are_measured(content: bytes, size: tuple[int, int]) -> None:
    assert measure_picture(content) == size
