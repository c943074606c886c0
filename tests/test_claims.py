"""Every command of the documents has a plan in tests/claims.py, and no plan outlives its command."""

from tests.claims import PLANS, claims


def test_every_command_that_a_document_names_is_run_or_says_why_not() -> None:
    without = [f"{claim.paper}: {claim.command}" for claim in claims() if claim.command not in PLANS]
    assert without == []


def test_no_plan_is_left_for_a_command_that_no_document_names() -> None:
    assert set(PLANS) - {claim.command for claim in claims()} == set()
