"""The talk at emulators of the Bot API that others wrote: `make emulators`; their gaps: docs/emulators.md."""
