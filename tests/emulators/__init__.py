"""The talk at emulators of the Bot API that others wrote: `make emulators`.

Their gaps: docs/reference/emulators.md.
"""
