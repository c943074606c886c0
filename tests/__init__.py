"""The tests mirror the modules; each reads as a sentence about the bot."""
