"""Serves telemelya from one process: Redis and the store for pictures are replaced by memory.

Runs in the emulators' own environment: `python telemelya_server.py PORT`. The methods of the Bot API are as
their author wrote them.
"""

import sys

import uvicorn
from fakeredis import FakeAsyncRedis
from telemelya.server.app import app
from telemelya.server.media import MediaManager
from telemelya.server.state import StateManager

PICTURES: dict[str, bytes] = {}


async def connect(states: StateManager) -> None:
    states._redis = FakeAsyncRedis(decode_responses=True)


async def nothing(_manager: MediaManager) -> None:
    return None


async def upload(manager: MediaManager, session: str, file: str, name: str, content: bytes, *_: str) -> str:
    key = manager._object_key(session, file, name)
    PICTURES[key] = content
    return str(key)


async def download_by_key(_manager: MediaManager, key: str) -> bytes | None:
    return PICTURES.get(key)


StateManager.connect = connect
MediaManager.connect = MediaManager.close = nothing
MediaManager.upload, MediaManager.download_by_key = upload, download_by_key

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
