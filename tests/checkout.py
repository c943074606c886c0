"""The knowledge of this checkout, loaded once for all tests of a process: loading takes most of a second."""

from bot.loading.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
