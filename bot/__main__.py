"""The command line: reads what is asked for, runs it, and tells a mistake in one sentence."""

import argparse
import gc
import sys
from collections.abc import Sequence

from bot.backoffice.cli import parser_of_all

# Objects made before the collector looks at them. At Python's 700 it takes a fifth of what is loaded at the
# start, and a twentieth of all that is served.
YOUNG = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    return _run(parser_of_all().parse_args(arguments))


def command() -> int:
    """Run one command as a program of its own: its last words tell no worker's answers."""
    gc.set_threshold(YOUNG)
    chosen = parser_of_all().parse_args()
    if getattr(chosen, "stored", True):  # of what holds nobody's answers, a bug shows all that it can
        from bot.ops import logs

        logs.guard_last_words(frames=getattr(chosen, "by_hand", False))
    status = _run(chosen)
    from bot.app.beside import end  # late, as what `_run` needs

    return end(status)


def _run(options: argparse.Namespace) -> int:
    # Here and not above: `--help` needs none of it.
    from bot.app.mistakes import MISTAKES, told
    from bot.ops import logs
    from bot.ops.terminal import harmless

    logs.set_up()
    try:
        status: int = options.run(options)
    except MISTAKES as error:
        if (mistake := told(error)) is None:
            raise
        sentence, status = mistake
        print(harmless(sentence), file=sys.stderr)
    except KeyboardInterrupt:
        return 0
    return status


if __name__ == "__main__":
    sys.exit(command())
