"""Pictures and files: sent, kept, fetched, put into a message's place."""

from typing import Any

import pytest

from bot.demo.double.files import Upload
from bot.demo.double.worker import PICTURE
from tests.simulator.double import YES, Double, refused


async def test_pictures_and_files_are_sent_kept_and_fetched(double: Double) -> None:
    photo = Upload("card.png", PICTURE, "image/png")
    sent = await double.call(
        "sendPhoto", chat_id=double.chat.id, photo=photo, caption="<i>图</i>", parse_mode="HTML"
    )
    size = sent["photo"][-1]
    assert (size["width"], size["height"], size["file_size"]) == (1, 1, len(PICTURE))
    again = await double.call("sendPhoto", chat_id=double.chat.id, photo=size["file_id"])
    assert again["photo"][-1]["file_unique_id"] == size["file_unique_id"]
    path = (await double.call("getFile", file_id=size["file_id"]))["file_path"]
    kept = double.state.files.find_path(path)
    assert kept is not None
    assert kept.content == PICTURE
    document = await double.call(
        "sendDocument", chat_id=double.chat.id, document="attach://part", part=Upload("清单.pdf", b"%PDF")
    )
    assert document["document"]["mime_type"] == "application/pdf"
    assert [shown.document for shown in double.worker.screen.from_bot][-1] == "清单.pdf"


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "there is no photo in the request"),
        ({"photo": "https://e.org/x.png"}, "wrong file identifier/HTTP URL specified"),
        ({"photo": Upload("x.png", b"")}, "file must be non-empty"),
        ({"photo": Upload("x.png", b"text")}, "IMAGE_PROCESS_FAILED"),
        ({"photo": Upload("x.png", b"x" * (10 * 1024 * 1024 + 1))}, "file is too big for a photo"),
        ({"photo": Upload("x.png", PICTURE), "caption": "x" * 1025}, "message caption is too long"),
    ],
)
async def test_a_picture_that_telegram_would_not_take_is_refused(
    double: Double, parameters: dict[str, Any], reason: str
) -> None:
    answer = await refused(double, "sendPhoto", chat_id=double.chat.id, **parameters)
    assert answer == f"Bad Request: {reason}"


async def test_unknown_and_large_files_are_not_fetched(double: Double) -> None:
    assert await refused(double, "getFile", file_id="x") == "Bad Request: invalid file_id"
    large = Upload("x.bin", b"x" * (20 * 1024 * 1024 + 1))
    sent = await double.call("sendDocument", chat_id=double.chat.id, document=large)
    answer = await refused(double, "getFile", file_id=sent["document"]["file_id"])
    assert answer == "Bad Request: file is too big"


async def test_media_takes_the_place_of_media_and_of_text(double: Double) -> None:
    id = await double.send("稍等", reply_markup=YES)
    media = {"type": "photo", "media": "attach://p", "caption": "<b>结果</b>", "parse_mode": "HTML"}
    await double.call(
        "editMessageMedia",
        chat_id=double.chat.id, message_id=id, media=media, p=Upload("p.png", PICTURE), reply_markup=YES,
    )  # fmt: skip
    shown = double.worker.screen.last
    assert (shown.text, bool(shown.photo), shown.button("yes") is None) == ("结果", True, False)
    text = await refused(double, "editMessageText", chat_id=double.chat.id, message_id=id, text="x")
    assert text == "Bad Request: there is no text in the message to edit"
    await double.call("editMessageCaption", chat_id=double.chat.id, message_id=id, caption="新")
    assert double.worker.screen.text == "新"
    wrong = await refused(
        double,
        "editMessageMedia",
        chat_id=double.chat.id,
        message_id=id,
        media={"type": "video", "media": "x"},
    )
    assert wrong == "Bad Request: can't parse InputMedia: unsupported type"
    plain = await double.send("x")
    caption = await refused(
        double, "editMessageCaption", chat_id=double.chat.id, message_id=plain, caption="x"
    )
    assert caption == "Bad Request: there is no caption in the message to edit"
