"""The limits that Telegram publishes, as the library keeps them, beside those of the double."""

import inspect

from telegram import constants as published

from bot.demo.double import entities, files, intake, keyboards, limits, methods, profile, sending


def published_limits() -> list[tuple[str, object, object]]:
    """Return each limit: its name, as the library publishes it, as the double keeps it."""
    message, size, hook = published.MessageLimit, published.FileSizeLimit, published.WebhookLimit
    button, markup = published.InlineKeyboardButtonLimit, published.InlineKeyboardMarkupLimit
    command, words, flood = published.BotCommandLimit, published.BotDescriptionLimit, published.FloodLimit
    answer = published.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    short = profile.MOST["short_description"]
    numbers: list[tuple[str, int, object]] = [
        ("characters of a text", message.MAX_TEXT_LENGTH, sending.MOST_TEXT),
        ("characters of a caption", message.CAPTION_LENGTH, sending.MOST_CAPTION),
        ("entities of a message", message.MESSAGE_ENTITIES, sending.MOST_ENTITIES),
        ("bytes of a button's data", button.MAX_CALLBACK_DATA, keyboards.MOST_DATA_BYTES),
        ("buttons of a message", markup.TOTAL_BUTTON_NUMBER, keyboards.MOST_BUTTONS),
        ("buttons in a row", markup.BUTTONS_PER_ROW, keyboards.MOST_IN_ROW),
        ("characters of an answer to a tap", answer, methods.MOST_ANSWER),
        ("bytes of a picture", size.PHOTOSIZE_UPLOAD, files.MOST_PHOTO_BYTES),
        ("bytes of a file, sent", size.FILESIZE_UPLOAD, files.MOST_FILE_BYTES),
        ("bytes of a file, fetched", size.FILESIZE_DOWNLOAD, files.MOST_DOWNLOAD_BYTES),
        ("commands", command.MAX_COMMAND_NUMBER, profile.MOST_COMMANDS),
        ("characters of a command's words", command.MAX_DESCRIPTION, profile.MOST_COMMAND_TEXT),
        ("characters of a name", published.BotNameLimit.MAX_NAME_LENGTH, profile.MOST["name"]),
        ("characters of a description", words.MAX_DESCRIPTION_LENGTH, profile.MOST["description"]),
        ("characters of a short description", words.MAX_SHORT_DESCRIPTION_LENGTH, short),
        ("connections of a webhook", hook.MAX_CONNECTIONS_LIMIT, intake.MOST_CONNECTIONS),
        ("messages a second, overall", flood.MESSAGES_PER_SECOND, _limit("overall")),
        ("messages a second in a chat", flood.MESSAGES_PER_SECOND_PER_CHAT, _limit("chat")),
    ]
    return [
        *((name, int(said), kept) for name, said, kept in numbers),
        ("ports of a webhook", sorted(published.SUPPORTED_WEBHOOK_PORTS), sorted(intake.PORTS)),
        ("kinds of chat action", sorted(published.ChatAction), sorted(methods.ACTIONS)),
        ("tags of HTML", sorted(_HTML), sorted(set(entities._KINDS) - {"span"})),
    ]


# https://core.telegram.org/bots/api#html-style, without custom emoji, which the double doesn't know.
_HTML = {
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del",
    "tg-spoiler", "tg-time", "a", "code", "pre", "blockquote",
}  # fmt: skip


def _limit(name: str) -> object:
    return inspect.signature(limits.Limits).parameters[name].default
