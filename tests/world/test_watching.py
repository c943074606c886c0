"""Alerts, dashboard and scrape example: they ask for what the page has, and Prometheus takes them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.ops.metrics import Metrics

WATCHING = Path(__file__).parents[2] / "deploy/watching"
ASKED = re.compile(r"gigguide_\w+")


def names() -> set[str]:
    """Return every name under which a sample stands on the page."""
    return {
        name
        for family in Metrics(("poster",)).registry.collect()
        for name in (family.name, *(sample.name for sample in family.samples), f"{family.name}_bucket")
    } | {"gigguide_shown_total"}  # it has a sample as soon as a screen was shown


@pytest.mark.parametrize("file", ["rules.yml", "rules_test.yml", "dashboard.json"])
def test_what_is_asked_for_is_on_the_page(file: str) -> None:
    asked = set(ASKED.findall((WATCHING / file).read_text(encoding="utf-8")))
    assert asked - names() == set()


def test_every_alert_says_what_to_do() -> None:
    rules = (WATCHING / "rules.yml").read_text(encoding="utf-8")
    assert rules.count("- alert:") == rules.count("action:") == rules.count("summary:") >= 10


def test_the_dashboard_is_json_with_a_query_in_each_panel() -> None:
    panels = json.loads((WATCHING / "dashboard.json").read_text(encoding="utf-8"))["panels"]
    assert len(panels) >= 10
    assert all(target["expr"] for panel in panels for target in panel["targets"])


def test_prometheus_takes_the_rules_and_they_fire_when_they_should() -> None:
    if shutil.which("promtool") is None:
        assert not os.environ.get("REQUIRE_PROMTOOL"), "promtool is missing"
        pytest.skip("promtool is not installed: `apt-get install prometheus` brings it")
    for command in (["check", "rules", "rules.yml"], ["test", "rules", "rules_test.yml"]):
        done = subprocess.run(
            ["promtool", *command], cwd=WATCHING, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
