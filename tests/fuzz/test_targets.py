"""The targets of the fuzzers hold on their seeds, and on some random inputs (long run: `make fuzz`)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

NAMES = sorted(TARGETS)
WORDS = st.text(max_size=40).map(str.encode)


@pytest.mark.asvs("2.2.1")
@pytest.mark.parametrize("name", NAMES)
def test_a_target_holds_on_its_seeds(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name].take(seed)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150)
@given(
    st.binary(max_size=60)
    | st.builds(lambda state, words: bytes([state]) + words, st.integers(0, 255), WORDS)
)
def test_a_target_holds_whatever_comes(name: str, data: bytes) -> None:
    TARGETS[name].take(data)
