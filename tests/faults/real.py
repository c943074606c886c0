"""The real bot in processes of its own against the Telegram double: killed for good, or suspended."""

import asyncio
import random
from pathlib import Path

from bot.demo.double.server import Simulator
from bot.storage.lease import LEASE
from tests.faults.crowd import Crowd, Findings, compare
from tests.faults.service import Service
from tests.faults.wire import Proxy
from tests.talks import TOKEN


async def killed_again_and_again(folder: Path, database: str, kills: int, seed: int) -> Findings:
    """Kill the bot so often while six workers answer; then let everyone reach the result."""
    chance = random.Random(seed)
    async with Simulator(token=TOKEN, webhook_pause=0.2) as simulator:
        service = Service(folder, database, simulator.api_url)
        if not database.startswith("sqlite"):
            await service.migrate()
        crowd = Crowd(simulator, chance)
        crowd.gather(6)
        busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
        try:
            for _ in range(kills):
                await service.start()
                if chance.random() < 0.8:
                    await service.ready()
                    await asyncio.sleep(1.5 * chance.random())
                else:
                    await asyncio.sleep(2 * chance.random())
                assert not any(task.done() for task in busy)
                await service.kill()
            for task in busy:
                task.cancel()
            await asyncio.wait(busy)
            await service.start()
            await service.ready()
            await asyncio.gather(*(crowd.answer(worker) for worker in crowd.workers))
            await come_to_rest(simulator, service)
        finally:
            await service.kill()
        return await compare(crowd, service)


async def come_to_rest(simulator: Simulator, service: Service) -> None:
    """Wait until no update and no letter waits."""
    while await service.backlog() or simulator.state.updates.waiting():  # noqa: ASYNC110
        await asyncio.sleep(0.2)


async def suspended_in_turn(folder: Path, database: str, chats: int, stops: int, seed: int) -> Findings:
    """Run four processes for so many chats, each suspended beyond its hold in turn; all reach the end."""
    chance = random.Random(seed)
    async with Simulator(token=TOKEN, webhook_pause=0.2) as simulator:
        services = [Service(folder, database, simulator.api_url) for _ in range(4)]
        async with Proxy([("127.0.0.1", service.port) for service in services]) as proxy:
            for service in services:
                service.url = f"http://127.0.0.1:{proxy.port}/telegram"
            await services[0].migrate()
            crowd = Crowd(simulator, chance)
            try:
                for service in services:
                    await service.start()
                    await service.ready()
                crowd.gather(chats)
                busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
                for stop in range(stops):
                    await asyncio.sleep(3 * chance.random())
                    await services[stop % 4].sleep(LEASE + 3)
                assert not any(task.done() for task in busy)
                for task in busy:
                    task.cancel()
                await asyncio.wait(busy)
                await asyncio.gather(*(crowd.answer(worker) for worker in crowd.workers))
                await come_to_rest(simulator, services[0])
            finally:
                for service in services:
                    await service.kill()
            return await compare(crowd, services[0])
