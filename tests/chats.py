"""Chats in tests: Telegram's, by their number."""

from bot.channels.telegram.updates import address as at

__all__ = ["at"]
