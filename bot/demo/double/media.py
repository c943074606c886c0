"""The Bot API's methods on pictures and files: send, put into a message's place, look up."""

from typing import Any

from bot.demo.double import sending
from bot.demo.double.calls import Call
from bot.demo.double.files import (
    MOST_DOWNLOAD_BYTES,
    MOST_FILE_BYTES,
    MOST_PHOTO_BYTES,
    File,
    Upload,
    measure_picture,
)
from bot.demo.double.refusals import Refusal, bad_request
from bot.demo.double.state import State

JSON = dict[str, Any]


def send_photo(state: State, call: Call) -> JSON:
    """Send a picture: uploaded, or known by its file_id."""
    chat = sending.find_chat(state, call)
    caption = sending.read_text(call, "caption", sending.MOST_CAPTION)
    photo = _photo(state, call, call.parameters.get("photo"), "photo")
    return sending.send(state, call, chat, {"photo": photo, **caption})


def send_document(state: State, call: Call) -> JSON:
    """Send a file: uploaded, or known by its file_id."""
    chat = sending.find_chat(state, call)
    caption = sending.read_text(call, "caption", sending.MOST_CAPTION)
    document = _document(state, call, call.parameters.get("document"), "document")
    return sending.send(state, call, chat, {"document": document, **caption})


def edit_message_media(state: State, call: Call) -> JSON:
    """Put a picture or file into a message's place."""
    chat = sending.find_chat(state, call)
    message = sending.find_message(chat, call, "edit")
    media = call.value("media")
    if not isinstance(media, dict) or media.get("type") not in ("photo", "document"):
        raise bad_request("can't parse InputMedia: unsupported type")  # no video, audio or animation here
    caption = sending.write_text(
        str(media.get("caption") or ""),
        str(media.get("parse_mode") or ""),
        media.get("caption_entities"),
        "caption",
        sending.MOST_CAPTION,
    )
    kind = media["type"]
    make = _photo if kind == "photo" else _document
    gone = ("text", "entities", "photo", "document", "caption", "caption_entities")
    content = {
        **dict.fromkeys(gone),
        kind: make(state, call, media.get("media"), "media"),
        **caption,
        "reply_markup": sending.read_markup(call),
    }
    return sending.put(state, chat, message, content)


def get_file(state: State, call: Call) -> JSON:
    """Say where a file may be fetched; at most 20 MB."""
    file = state.files.find(call.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > MOST_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return _described(file) | {"file_path": file.path}


def _photo(state: State, call: Call, given: Any, field: str) -> list[JSON]:
    file = _file(state, call, given, field, "photos", MOST_PHOTO_BYTES)
    width, height = measure_picture(file.content)
    return [_described(file) | {"width": width, "height": height}]


def _document(state: State, call: Call, given: Any, field: str) -> JSON:
    file = _file(state, call, given, field, "documents", MOST_FILE_BYTES)
    return _described(file) | {"file_name": file.name, "mime_type": file.kind}


def _described(file: File) -> JSON:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.content)}


def _file(state: State, call: Call, given: Any, field: str, folder: str, most: int) -> File:
    """Find what is sent: a part of the request, by name or attached, or a file known before."""
    name = str(given or "").removeprefix("attach://")
    upload: Upload | None = call.files.get(name) or call.files.get(field)
    if upload is None:
        known = state.files.find(name)
        if known is None:
            # An address would be fetched by Telegram; the double reaches for nothing outside.
            raise bad_request(
                "wrong file identifier/HTTP URL specified" if given else f"there is no {field} in the request"
            )
        return known
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > MOST_FILE_BYTES:
        raise Refusal(413)
    if len(upload.content) > most:
        raise bad_request("file is too big for a photo")
    return state.files.keep(upload, folder)
