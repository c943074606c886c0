"""A power cut: what SQLite wrote and had not yet synced is gone, or there in part.

The C library's own file functions are listened to, in this process: each write, truncation, sync and deletion
is noted in order. After the cut a file holds what was synced, and any choice of what was written since.
"""

import ctypes
import ctypes.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

SECTOR = 512  # bytes that a disk writes as a whole
_POINTER = ctypes.c_void_p
Answering = Callable[..., int]  # a C function that returns SQLite's code


def _struct(name: str, *fields: tuple[str, Any]) -> type[ctypes.Structure]:
    return type(name, (ctypes.Structure,), {"_fields_": list(fields)})


_METHODS = (
    "close", "read", "write", "truncate", "sync", "file_size", "lock", "unlock", "check_reserved_lock",
    "file_control", "sector_size", "device_characteristics", "shm_map", "shm_lock", "shm_barrier",
    "shm_unmap", "fetch", "unfetch",
)  # fmt: skip
_Methods = _struct("Methods", ("version", ctypes.c_int), *((name, _POINTER) for name in _METHODS))
_CALLS = (
    "open", "delete", "access", "full_pathname", "dl_open", "dl_error", "dl_sym", "dl_close", "randomness",
    "sleep", "current_time", "get_last_error", "current_time_64", "set_call", "get_call", "next_call",
)  # fmt: skip
_Vfs = _struct(
    "Vfs",
    ("version", ctypes.c_int), ("file_size", ctypes.c_int), ("longest_path", ctypes.c_int),
    ("next", _POINTER), ("name", ctypes.c_char_p), ("data", _POINTER),
    *((name, _POINTER) for name in _CALLS),
)  # fmt: skip

# The name as an address: SQLite keeps it for as long as the file is open.
_Open = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, _POINTER, ctypes.c_int, _POINTER)
_Delete = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_char_p, ctypes.c_int)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int)


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that was asked of a file: content at an offset, a new length, or to be made durable."""

    what: str  # write, truncate, sync, delete
    path: str
    at: int = 0
    content: bytes = b""


@dataclass
class Disk:
    """What was asked of the files so far, in order; the test adds words of its own between."""

    log: list[Written | str] = field(default_factory=list)

    def after_a_cut(self, at: int, random: Random) -> dict[str, bytes]:
        """Return the files as they may be found when the power goes at this place of the log."""
        durable: dict[str, bytearray] = {}
        loose: dict[str, list[Written]] = {}
        for entry in self.log[:at]:
            if isinstance(entry, str):
                continue
            if entry.what == "delete":
                durable.pop(entry.path, None)
                loose.pop(entry.path, None)
            elif entry.what == "sync":
                for change in loose.pop(entry.path, []):
                    _apply(durable, change)
            else:
                loose.setdefault(entry.path, []).append(entry)
        for changes in loose.values():
            for change in _survivors(changes, random):
                _apply(durable, change)
        return {path: bytes(content) for path, content in durable.items()}


def _survivors(changes: list[Written], random: Random) -> Iterator[Written]:
    """Choose what of the unsynced reached the disk: nothing, all, some of it, or some of its sectors."""
    fate = random.choice(("nothing", "everything", "some", "sectors"))
    for change in changes:
        if fate == "everything" or (fate == "some" and random.random() < 0.5):
            yield change
        elif fate == "sectors" and change.what == "write":
            for start in range(0, len(change.content), SECTOR):
                if random.random() < 0.5:
                    part = change.content[start : start + SECTOR]
                    yield Written("write", change.path, change.at + start, part)


def _apply(files: dict[str, bytearray], change: Written) -> None:
    content = files.setdefault(change.path, bytearray())
    if change.what == "truncate":
        del content[change.at :]
        return
    if len(content) < change.at:
        content.extend(bytes(change.at - len(content)))
    content[change.at : change.at + len(change.content)] = change.content


def library() -> ctypes.CDLL | None:
    """Return the SQLite that Python uses, if it is a library of its own."""
    import _sqlite3  # its file names the library that the system then has loaded already

    name = ctypes.util.find_library("sqlite3")
    return ctypes.CDLL(name) if name and hasattr(_sqlite3, "__file__") else None


@contextmanager
def recorded(sqlite: ctypes.CDLL) -> Iterator[Disk]:
    """Note what SQLite asks of every file that it opens while the block runs."""
    sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    sqlite.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    sqlite.sqlite3_vfs_register.argtypes = [ctypes.POINTER(_Vfs), ctypes.c_int]
    sqlite.sqlite3_vfs_unregister.argtypes = [ctypes.POINTER(_Vfs)]
    usual = sqlite.sqlite3_vfs_find(None)
    disk, kept = Disk(), list[Any]()
    paths: dict[int, str] = {}
    replaced: dict[int, ctypes.Structure] = {}

    def methods_like(address: int) -> ctypes.Structure:
        """Return the functions of a kind of file, with ours in front of three of them."""
        if address in replaced:
            return replaced[address]
        ours = _Methods.from_buffer_copy(_Methods.from_address(address))
        write: Answering = _Write(ours.write)
        truncate: Answering = _Truncate(ours.truncate)
        sync: Answering = _Sync(ours.sync)

        def on_write(file: int, content: int, size: int, at: int) -> int:
            disk.log.append(Written("write", paths[file], at, ctypes.string_at(content, size)))
            return write(file, content, size, at)

        def on_truncate(file: int, size: int) -> int:
            disk.log.append(Written("truncate", paths[file], size))
            return truncate(file, size)

        def on_sync(file: int, flags: int) -> int:
            code = sync(file, flags)
            disk.log.append(Written("sync", paths[file]))
            return code

        fronts = (_Write(on_write), _Truncate(on_truncate), _Sync(on_sync))
        kept.extend((write, truncate, sync, *fronts))
        ours.write, ours.truncate, ours.sync = (ctypes.cast(front, _POINTER).value for front in fronts)
        replaced[address] = ours
        return ours

    open_usually: Answering = _Open(usual.contents.open)
    delete_usually: Answering = _Delete(usual.contents.delete)

    def on_open(vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        code = open_usually(vfs, name, file, flags, out)
        there = _POINTER.from_address(file)
        if code == 0 and there.value:
            paths[file] = ctypes.string_at(name).decode() if name else ""
            there.value = ctypes.addressof(methods_like(there.value))
        return code

    def on_delete(vfs: int, name: bytes, sync: int) -> int:
        disk.log.append(Written("delete", name.decode()))
        return delete_usually(vfs, name, sync)

    ours = _Vfs.from_buffer_copy(usual.contents)
    fronts = _Open(on_open), _Delete(on_delete)
    kept.extend((open_usually, delete_usually, ours, *fronts))
    ours.name, ours.next = b"recorded", None
    ours.open, ours.delete = (ctypes.cast(front, _POINTER).value for front in fronts)
    sqlite.sqlite3_vfs_register(ctypes.byref(ours), 1)
    try:
        yield disk
    finally:
        sqlite.sqlite3_vfs_unregister(ctypes.byref(ours))
        sqlite.sqlite3_vfs_register(usual, 1)


def put_back(files: dict[str, bytes], folder: Path) -> None:
    """Write the files that were found into another folder."""
    folder.mkdir()
    for path, content in files.items():
        (folder / Path(path).name).write_bytes(content)
