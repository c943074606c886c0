"""Keys: a person's pseudonym in the database, and the sealing of what they said (AES-256-GCM)."""

import base64
import hmac
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.privacy.private_files import write

KEY = 32  # bytes of every key
NONCE = 12
NAME = 4  # bytes by which a wrapping key is named
PSEUDONYM = 16  # bytes by which a person is found


class KeysRefused(ValueError):
    """The master keys can't be used: the message says why, never what was read."""


class WrongKey(ValueError):
    """What is sealed can't be opened: the keys are not the database's, or the value was tampered with."""


class UnknownKey(WrongKey):
    """A person's key was wrapped under a `name` that this process doesn't know; another one may."""

    def __init__(self, name: bytes) -> None:
        super().__init__("a person's key was wrapped with a master key that is not here")
        self.name = name


@dataclass(frozen=True)
class Keys:
    """The master keys, which live outside the database.

    `index` turns a chat's id into its pseudonym and stays for ever. `wraps` wrap the people's own keys, the
    one in use first: new keys are wrapped with it, and the older ones still open what they wrapped. `coming`
    opens already what other processes wrap with it, and wraps nothing yet: a key is known everywhere
    before it is used anywhere.
    """

    index: bytes
    wraps: tuple[bytes, ...]
    coming: tuple[bytes, ...] = ()

    @classmethod
    def new(cls) -> "Keys":
        """Make fresh keys."""
        return cls(os.urandom(KEY), (os.urandom(KEY),))

    @classmethod
    def parse(cls, text: str) -> "Keys":
        """Read the keys from their text: one `index`, some `wrap`, any `next` lines (or comma-separated).

        Raises KeysRefused that says what is wrong, never what was read.
        """
        found: dict[str, list[bytes]] = {"index": [], "wrap": [], "next": []}
        for part in text.replace(",", "\n").split("\n"):
            name, _, value = part.strip().partition(" ")
            if name:
                try:
                    found[name].append(base64.b64decode(value, validate=True))
                except (KeyError, ValueError):
                    raise KeysRefused(
                        "the master keys can't be read: each line is `index`, `wrap` or `next`"
                    ) from None
        if len(found["index"]) != 1 or not found["wrap"]:
            raise KeysRefused("the master keys need one `index` and at least one `wrap` line")
        if any(len(key) != KEY for keys in found.values() for key in keys):
            raise KeysRefused(f"a master key has not {KEY} bytes")
        return cls(found["index"][0], tuple(found["wrap"]), tuple(found["next"]))

    def __str__(self) -> str:
        lines = [("index", self.index)]
        lines += [("next", key) for key in self.coming]
        lines += [("wrap", key) for key in self.wraps]
        return "".join(f"{name} {base64.b64encode(key).decode()}\n" for name, key in lines)

    def __repr__(self) -> str:
        return "Keys(***)"

    def announced(self) -> "Keys":
        """Return the keys with a new `next` key, which opens and doesn't wrap yet."""
        return Keys(self.index, self.wraps, (os.urandom(KEY), *self.coming))

    def promoted(self) -> "Keys":
        """Return the keys with every `next` key put in front of the wrapping ones."""
        return Keys(self.index, (*self.coming, *self.wraps))

    def rotated(self) -> "Keys":
        """Return the keys with a new wrapping key in front."""
        return self.announced().promoted()


def keys_in(path: Path) -> Keys:
    """Read the keys' file, or make it (only its owner may read it).

    Raises KeysRefused if others may read it.
    """
    if not path.exists():
        with suppress(FileExistsError):  # another process was first: its keys are ours
            write(path, str(Keys.new()), put=os.link)
    # systemd 254 and later hand a credential over with mode 0440, in a folder that only the service enters.
    handed_over = path.parent == Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nowhere"))
    if path.stat().st_mode & (0o007 if handed_over else 0o077):
        raise KeysRefused(f"{path} can be read by others: run `chmod 600 {path}`")
    return Keys.parse(path.read_text(encoding="ascii"))


@dataclass(frozen=True, slots=True)
class Sealer:
    """One key at work; `about` binds a value to its place, so that moved values don't open."""

    _cipher: AESGCM

    def seal(self, value: bytes, about: bytes) -> bytes:
        """Seal a value for one place."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, value, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Open a sealed value; raises WrongKey."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], about)
        except (InvalidTag, ValueError):
            raise WrongKey(f"{about[:40]!r} can't be opened with these keys") from None


@dataclass(frozen=True)
class Keyring:
    """Everything that is done with the master keys."""

    keys: Keys

    @cached_property
    def _wraps(self) -> dict[bytes, Sealer]:
        known = (*self.keys.wraps, *self.keys.coming)
        return {self._name(key): Sealer(AESGCM(key)) for key in known}

    @property
    def names(self) -> tuple[bytes, ...]:
        """The names of all wrapping keys that this process knows, the one in use first."""
        return tuple(self._wraps)

    @staticmethod
    def _name(key: bytes) -> bytes:
        return sha256(b"name" + key).digest()[:NAME]

    @property
    def newest(self) -> bytes:
        """The name of the wrapping key in use."""
        return self._name(self.keys.wraps[0])

    @cached_property
    def service(self) -> Sealer:
        """The sealer for what belongs to nobody's own key: the farewell to someone who left."""
        return Sealer(AESGCM(hmac.digest(self.keys.index, b"service", "sha256")))

    def pseudonym(self, chat: str) -> bytes:
        """Return the pseudonym of a chat's name: the same for ever, and nothing can be read from it."""
        return hmac.digest(self.keys.index, b"chat:" + chat.encode(), "sha256")[:PSEUDONYM]

    def new_key(self, person: bytes) -> tuple[bytes, Sealer]:
        """Make a person's own key; returns it wrapped, and at work."""
        key = os.urandom(KEY)
        return self._wrap(key, person), Sealer(AESGCM(key))

    def sealer(self, wrapped: bytes, person: bytes) -> Sealer:
        """Unwrap a person's key; raises WrongKey."""
        return Sealer(AESGCM(self._unwrap(wrapped, person)))

    def fingerprint(self, wrapped: bytes, person: bytes) -> bytes:
        """Name a person's key, alike however it is wrapped; the name opens nothing. Raises WrongKey."""
        return sha256(b"fingerprint" + self._unwrap(wrapped, person)).digest()[:PSEUDONYM]

    def rewrapped(self, wrapped: bytes, person: bytes) -> bytes:
        """Wrap a person's key with the newest wrapping key; raises WrongKey."""
        return self._wrap(self._unwrap(wrapped, person), person)

    def _wrap(self, key: bytes, person: bytes) -> bytes:
        return self.newest + self._wraps[self.newest].seal(key, b"key:" + person)

    def _unwrap(self, wrapped: bytes, person: bytes) -> bytes:
        wrap = self._wraps.get(wrapped[:NAME])
        if wrap is None:
            raise UnknownKey(wrapped[:NAME])
        return wrap.open(wrapped[NAME:], b"key:" + person)
