"""A process that ends by itself is found; one that was killed is not."""

from pathlib import Path

from tests.faults.service import Service


async def test_a_process_that_nobody_asked_to_end_is_found(tmp_path: Path) -> None:
    service = Service(tmp_path, "", "", program=("-c", "raise SystemExit(7)"))
    assert service.ended is None, "none was started"
    await service.start()
    assert service.process is not None
    await service.process.wait()
    assert service.ended == 7


async def test_one_that_was_killed_is_not(tmp_path: Path) -> None:
    service = Service(tmp_path, "", "", program=("-c", "import time; time.sleep(600)"))
    await service.start()
    assert service.ended is None, "it runs"
    await service.kill()
    assert service.ended is None
