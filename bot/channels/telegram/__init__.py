"""Telegram alone: webhook, long polling, updates off the wire, calls to the Bot API."""
