"""Hold a process to a share of a core, so that a small machine shows how a larger one carries more of them.

By the kernel's control groups, of either version; where they can't be written, `Unheld` is raised.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
PERIOD = 10_000  # microseconds


class Unheld(OSError):
    """This system lets us hold no process to a share."""


@contextmanager
def held(process: int, share: float) -> Iterator[None]:
    """Hold a process to a share of one core; raises Unheld."""
    old = GROUPS / "cpu"
    group = (old if old.is_dir() else GROUPS) / f"bench-{process}"
    quota = int(share * PERIOD)
    try:
        group.mkdir()
    except OSError as error:
        raise Unheld(f"{group} can't be made") from error
    try:
        try:
            if old.is_dir():
                (group / "cpu.cfs_period_us").write_text(f"{PERIOD}")
                (group / "cpu.cfs_quota_us").write_text(f"{quota}")
            else:
                (group / "cpu.max").write_text(f"{quota} {PERIOD}")
            (group / "cgroup.procs").write_text(f"{process}")
        except OSError as error:
            raise Unheld(f"{group} can't be set") from error
        yield
    finally:
        for other in (group / "cgroup.procs").read_text().split():
            (group.parent / "cgroup.procs").write_text(other)
        group.rmdir()
