"""A process ends as it was asked to, whatever a thread beside its loop is doing then."""

import subprocess
import sys

PROGRAM = """
import asyncio, sys, threading, time
from argparse import Namespace
from typing import Annotated
from pydantic import AfterValidator, TypeAdapter
import bot.__main__ as program
from bot.app.beside import beside

within = threading.Event()

def touched(number):
    within.set()
    time.sleep(0)  # others run meanwhile
    return number

validated = TypeAdapter(Annotated[int, AfterValidator(touched)])

def for_ever():
    while True:
        validated.validate_python(1)  # Rust, which calls Python, which waits for its turn

async def leaves():
    working = asyncio.create_task(beside(for_ever))
    while not within.is_set():
        await asyncio.sleep(0)
    working.cancel()
    print("last words")
    return 3

class Parser:
    def parse_args(self):
        return Namespace(run=lambda _: asyncio.run(leaves()), stored=False)

program.parser_of_all = Parser
sys.exit(program.command())
"""


def test_a_process_ends_with_its_own_status_while_work_goes_on_beside_it() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "last words\n", "")
