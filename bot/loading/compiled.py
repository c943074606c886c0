"""Compiled templates beside the compiled modules: to compile them is half of what a start takes."""

import marshal
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import CodeType

import jinja2
from jinja2.bccache import bc_magic

from bot.content.templates import COMPILED

FILE = Path(__file__).parent / "__pycache__" / f"templates.{sys.implementation.cache_tag}.bin"
HEAD = bc_magic + jinja2.__version__.encode()  # another Python or Jinja writes other code


def recall(file: Path = FILE) -> None:
    """Read what an earlier process compiled, if anything; each serves only the source it is made from."""
    if COMPILED.code:
        return
    try:
        read = file.read_bytes()
        if read.startswith(HEAD):
            # A process that can write here can write the modules beside it, too.
            COMPILED.code.update(marshal.loads(read[len(HEAD) :]))  # noqa: S302
    except (OSError, EOFError, ValueError, TypeError):
        return
    COMPILED.new = False


def keep(file: Path = FILE) -> None:
    """Write what was compiled beside Python's own; where that may not be written, nothing is kept."""
    if not COMPILED.new or sys.dont_write_bytecode:
        return
    code: dict[tuple[str, str], CodeType] = dict(COMPILED.code)
    try:
        with NamedTemporaryFile(dir=file.parent, delete=False) as made:
            made.write(HEAD + marshal.dumps(code))
        written = Path(made.name)
        written.chmod(0o644)  # as compiled modules are: nobody's data are in it
        written.replace(file)
    except OSError:
        return
    COMPILED.new = False
