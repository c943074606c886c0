"""The report: the survey's shares come back, alarms ring when they should, and few people stay unseen."""

import asyncio
import base64
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.__main__ import main
from bot.check.findings import CheckResult as Findings
from bot.check.findings import Finding
from bot.content.questionnaire import LANGUAGES, Language
from bot.dialogue.conversation import Conversation
from bot.dialogue.counting import IMAGINED
from bot.research.columns import Group
from bot.research.disclosure import LEAST
from bot.research.participants import Counted, Counts
from bot.research.report import findings
from bot.research.report.drift import drift
from bot.research.report.findings import Facts
from bot.research.report.labels import Labels
from bot.research.report.page import head, page
from bot.research.report.published import agreement, compare, interval, published_codes, published_options
from bot.research.report.quality import GROUPINGS, Band, by_group, calibrations
from bot.research.report.sections import Parts
from bot.research.tally import FINISHED, Tally
from models.training import published
from tests.office.rooms import ANSWERS, KNOWLEDGE, fill, talk
from tests.office.test_hiding import worked_out
from tests.office.towns import DAY, counted, talks_of
from tests.talks import KEYRING

NOBODY = Counts(0, 0, 0, 0)
NOTHING = Counted(Counter(), None)


@pytest.fixture(scope="module")
def town() -> Tally:
    return counted(talks_of(2_000))


@pytest.fixture(scope="module")
def moved() -> Tally:
    return counted(talks_of(2_000, moved=True))


FINDINGS = Findings({}, (Finding("here", "wrong", "mend it"),), (Finding("there", "old", "look"),))


def found(tally: Tally, counted: Counted = NOTHING) -> Facts:
    return findings.facts(tally, NOBODY, counted, KNOWLEDGE, FINDINGS, DAY)


def parts(tally: Tally, counted: Counted = NOTHING, language: Language = "en") -> Parts:
    return Parts(found(tally, counted), KNOWLEDGE, Labels(language, KNOWLEDGE.questionnaire))


def report(talks: Sequence[Conversation]) -> str:
    return page(found(counted(talks)), KNOWLEDGE, "zh")


def test_a_town_as_the_report_says_gives_the_reports_shares_back(town: Tally) -> None:
    rows = compare(town)
    assert agreement(rows) == (len([row for row in rows if row.share is not None]),) * 2
    assert agreement(rows)[1] >= 24


def test_a_town_as_the_report_says_raises_no_alarm(town: Tally) -> None:
    assert {row.state for row in drift(town)} == {"quiet"}
    assert not any(row.alarm for row in calibrations(town, KNOWLEDGE.models))


def test_a_town_that_has_moved_on_rings(moved: Tally) -> None:
    assert {row.feature for row in drift(moved) if row.state == "alarm"} == {"commercial", "premium"}
    assert all(row.alarm for row in calibrations(moved, KNOWLEDGE.models))
    correct, compared = agreement(compare(moved))
    assert correct < compared


def test_a_handful_of_people_raises_no_alarm_by_chance() -> None:
    for seed in range(20):
        assert {row.state for row in drift(counted(talks_of(40, seed)))} <= {"quiet", "unsure"}


def test_of_a_handful_of_people_nobody_can_tell_whether_they_are_others(town: Tally) -> None:
    assert {row.state for row in drift(counted(talks_of(12)))} == {"unsure"}
    assert "unsure" not in {row.state for row in drift(town)}


@pytest.mark.parametrize(("people", "said"), [(0, "cannot_tell"), (12, "cannot_tell"), (2_000, "no_alarm")])
def test_silence_is_called_quiet_only_where_something_could_have_rung(people: int, said: str) -> None:
    quiet = Findings({}, (), ())
    facts = findings.facts(counted(talks_of(people)), NOBODY, NOTHING, KNOWLEDGE, quiet, DAY)
    for language in LANGUAGES:
        words = Labels(language, KNOWLEDGE.questionnaire).words
        above = head(facts, KNOWLEDGE, Labels(language, KNOWLEDGE.questionnaire))
        assert above["state"] == words[said]
        assert (above["compared"] == words["silence"]) is (said == "cannot_tell")


def test_nine_people_can_not_be_told_from_nine_others() -> None:
    others = {
        **ANSWERS,
        "income": ("above_20000",),
        "debt": ("none",),
        "constrained": ("no",),
        "commercial_cover": ("accident",),
        "premium": ("from_301",),
        "occupation": ("streaming",),
    }
    del others["debt_kinds"]
    del others["why_constrained"]
    assert report([talk()] * 9) == report([talk(others)] * 9)


@pytest.mark.parametrize(("language", "word"), [("zh", "虚拟"), ("en", "imagined")])
def test_the_head_of_a_town_s_report_says_that_its_people_are_imagined(language: Language, word: str) -> None:
    everyone = counted(talks_of(12))
    real = page(found(everyone), KNOWLEDGE, language)
    imagined = page(found(everyone, Counted(Counter({IMAGINED: 1}), DAY)), KNOWLEDGE, language)
    for title in ("title", "h1"):
        (said,) = re.findall(f"<{title}>(.*)</{title}>", imagined)
        assert word in said
        (said,) = re.findall(f"<{title}>(.*)</{title}>", real)
        assert word not in said


def test_a_report_on_nobody_says_what_the_knowledge_needs_and_escapes_it() -> None:
    hostile = Findings({}, (Finding("<script>", "a & b", "'"),))
    html = page(findings.facts(counted([]), NOBODY, NOTHING, KNOWLEDGE, hostile, DAY), KNOWLEDGE, "zh")
    assert "知识里有 1 处" in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_who_objects_to_the_score_is_in_no_band_and_no_calibration(town: Tally) -> None:
    objecting = counted([talk(unscored=True)] * 100)
    assert all(row.n == 0 for row in calibrations(objecting, KNOWLEDGE.models))
    assert not any(sum(c or 0 for c in row.counts) for row in found(objecting).bands["insurance_gap"])
    assert agreement(compare(objecting))[1] == 0  # everybody answers alike: nothing may be published


def test_bands_are_told_by_what_no_served_model_uses(town: Tally) -> None:
    for name, model in KNOWLEDGE.models.items():
        told = found(town).bands[name]
        assert list(dict.fromkeys(band.grouping for band in told)) == list(GROUPINGS)
        assert not set(GROUPINGS) & set(model.features)
    rows = {row.cells[:2] for row in parts(town).bands().tables[0].rows}
    told_by = {("Work", "Food delivery, rider"), ("Age", "31–40"), ("Part of the country", "East")}
    assert told_by | {("Sex", "women")} <= rows


def test_a_few_who_did_not_say_are_not_the_difference_between_two_groupings() -> None:
    talks = talks_of(2_000)
    silent = [talk({**held.answers, "occupation": ("skipped",)}) for held in talks[:5]]
    for told in found(counted([*silent, *talks[5:]])).bands.values():
        by_age = [band.counts for band in told if band.grouping == "age"]
        by_work = [band.counts for band in told if band.grouping == "occupation"]
        assert any(None not in cells for cells in zip(*by_age, strict=True)), (
            "the groups by age are large enough to be told"
        )
        for age, work in zip(zip(*by_age, strict=True), zip(*by_work, strict=True), strict=True):
            if None not in age and None in work:
                assert sum(c or 0 for c in age) - sum(c or 0 for c in work) >= LEAST
            elif None not in age:
                assert sum(c or 0 for c in age) == sum(c or 0 for c in work)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 1), st.integers(0, 2)), max_size=120),
    st.integers(1, 4),
)
def test_no_few_people_of_a_group_can_be_worked_out_from_the_other_groupings(
    people: list[tuple[int, int, int]], times: int
) -> None:
    people = people * times
    places = np.array([place for *_, place in people], dtype=np.int64)
    told: list[list[Band]] = []
    truth: list[list[list[int]]] = []
    for by in (0, 1):
        groups: dict[Group, NDArray[np.int64]] = {
            g: places[[at for at, p in enumerate(people) if p[by] == g]] for g in range(-1, 4)
        }
        told.append(list(by_group("some", groups)))
        truth.append([np.bincount(groups[band.group], minlength=3).tolist() for band in told[-1]])
    cells = [(by, row, band) for by in (0, 1) for row in range(len(told[by])) for band in range(3)]
    shown = [cell for cell in cells if told[cell[0]][cell[1]].counts[cell[2]] is not None]
    # All that a reader knows: the told cells, and that each grouping holds the same people in each band.
    equations = [[int(cell == other) for other in cells] for cell in shown]
    equations += [[(1 - 2 * by) * (other == band) for by, _, other in cells] for band in range(3)]
    for at in worked_out(equations, len(cells)):
        by, row, band = cells[at]
        assert cells[at] in shown
        assert truth[by][row][band] >= LEAST


def test_where_people_stop_is_counted() -> None:
    stopping = [talk({"age": ("from_31_to_40",)})] * 12 + [talk()] * 30
    tally = counted(stopping)
    assert (tally.asked["occupation"], tally.stopped["occupation"], tally.stopped[FINISHED]) == (42, 12, 30)
    (table,) = parts(tally).dropoff().tables
    assert [row.cells for row in table.rows] == [("Work", "40", "12", "30%")]


def test_marks_on_advice_are_told_from_ten_on() -> None:
    pieces = [piece.id for piece in KNOWLEDGE.advice[:2]]
    marked = [talk(marks={pieces[0]: "done"}, stuck=(pieces[1],))] * 9

    def rows(talks: list[Conversation]) -> list[tuple[str, ...]]:
        return [row.cells[4:] for row in parts(counted(talks)).advice().tables[0].rows]

    assert rows(marked) == []
    hidden = "–"
    assert rows([*marked, marked[0]]) == [("10", hidden, hidden, hidden), (hidden, hidden, hidden, "10")]


def test_what_was_counted_of_everybody_is_told_from_ten_times_on() -> None:
    piece = KNOWLEDGE.advice[0].id
    numbers = Counter({
        ("answered", "age"): 21, ("seconds", "age"): 84, ("put_away", "age"): 9,
        ("answered", "income"): 9, ("seconds", "income"): 900,
        ("offered", piece): 38, ("opened", piece): 14, ("reminded", piece): 9, ("reminded", "survey"): 6,
        ("followed", "done"): 11, ("followed", "stuck"): 3,
    })  # fmt: skip
    told = parts(counted([]), Counted(numbers, DAY))
    times, (advice, after) = told.times(), told.advice().tables
    assert [row.cells for row in times.tables[0].rows] == [("Age", "20", "4", "not shown")]
    assert str(DAY) in times.lead
    assert [row.cells[1:] for row in advice.rows] == [("30", "10", *["–"] * 5)]
    assert [row.cells for row in after.rows] == [("10", "11", "–", "–", "–")]


def test_the_same_answers_give_the_same_page(town: Tally) -> None:
    assert parts(town).shares() == parts(town).shares()


def test_both_languages_have_words_for_everything() -> None:
    zh, en = (Labels(language, KNOWLEDGE.questionnaire) for language in LANGUAGES)
    assert shape(zh.words) == shape(en.words)
    for labels in (zh, en):
        assert all(map(labels.feature, {*published.read().coding, "constrained", "gap"}))
        named = [*map(labels.share, published_codes()), *map(labels.share, published_options())]
        assert len(set(named)) == len(named)


def shape(words: object) -> object:
    if isinstance(words, Mapping):
        return {key: shape(value) for key, value in words.items()}
    return (
        [shape(word) for word in words]
        if isinstance(words, list)
        else sorted(re.findall(r"{\w+}", str(words)))
    )


def test_an_interval_holds_the_share_and_stays_between_nothing_and_all() -> None:
    for n in (1, 10, 1_000):
        for hits in (0, n // 2, n):
            low, high = interval(hits, n)
            assert 0 <= low <= hits / n + 1e-12
            assert hits / n - 1e-12 <= high <= 1


async def written(folder: Path) -> Path:
    await fill(folder / "b.sqlite", talks_of(600))
    keys = folder / "b.keys"
    keys.write_text(str(KEYRING.keys), encoding="ascii")
    keys.chmod(0o600)
    return folder / "b.sqlite"


def test_the_command_writes_a_page_a_language_that_needs_nothing_from_outside(tmp_path: Path) -> None:
    database = asyncio.run(written(tmp_path))
    assert main(["report", "--database", str(database), "--out", str(tmp_path / "out")]) == 0
    for language in LANGUAGES:
        html = (tmp_path / f"out/report.{language}.html").read_text(encoding="utf-8")
        assert not re.search(r"(src|href)=\"(?!data:|report\.)", html)
        drawn = [base64.b64decode(uri) for uri in re.findall(r"base64,([A-Za-z0-9+/=]+)", html)]
        assert len(drawn) == 5, "a plot a section, but nobody stopped"
        assert all(b"<text" not in plot and b"<path" in plot for plot in drawn), "letters are drawn"
        assert f'lang="{Labels(language, KNOWLEDGE.questionnaire).words["lang"]}"' in html
