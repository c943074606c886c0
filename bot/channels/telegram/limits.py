"""Telegram's numbers: what a message may hold, and how fast we may send."""

from bot.turns.contract import Capabilities

# core.telegram.org/bots/api: InlineKeyboardButton, sendMessage, sendPhoto
CAPABILITIES = Capabilities(text=4096, caption=1024, button_data=64, edits=True, files=True)

# core.telegram.org/bots/faq: messages a second to all chats together, and to one, with short bursts. The
# first is published to keep bots from broadcasting. An edit, which answers somebody's tap, counts in its
# chat's measure alone until Telegram refuses one, as its makers say in tdlib/td issue 3034.
OVERALL_RATE = 30.0
CHAT_RATE = 1.0
CHAT_BURST = 20.0
