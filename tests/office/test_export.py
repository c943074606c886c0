"""The export: only who agreed, in the report's codes, under a name that lasts for one export."""

import csv
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import read_table

from bot.__main__ import main
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import SKIPPED, Renaming, Text, Words
from bot.privacy.keyring import Keyring
from bot.privacy.tombstones import Tombstone, Tombstones
from bot.research.columns import Columns
from bot.research.export import FORMULA, export, safe
from bot.research.participants import Office
from bot.storage.engine import open_for_reading
from bot.storage.tables import conversations
from models.training import answers, published
from models.training.specs import SERVED
from tests.databases import connect
from tests.office.rooms import ANSWERS, KNOWLEDGE, fill, office, talk
from tests.talks import KEYRING

SHEET = Columns(KNOWLEDGE)

NOT_RECORDED, NOT_ASKED = (
    (said.zh, said.en) for said in (KNOWLEDGE.codebook.not_recorded, KNOWLEDGE.codebook.not_asked)
)


async def exported(database: Path, out: Path) -> list[dict[str, str]]:
    async with office(database) as rooms:
        await export(rooms.participants(), SHEET, out)
    with (out / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def row_of(tmp_path: Path, **changed: tuple[str, ...]) -> Mapping[str, str]:
    await fill(tmp_path / "b.sqlite", [talk({**ANSWERS, **changed})])
    (row,) = await exported(tmp_path / "b.sqlite", tmp_path / "out")
    return row


async def test_without_consent_to_research_there_is_not_one_row_and_no_answer_is_even_opened(
    tmp_path: Path,
) -> None:
    refusing = talk(consent=("answers", "abroad"))
    outdated = talk(consent_version="2020-01-01")
    await fill(
        tmp_path / "b.sqlite", [refusing] * 50 + [outdated] + [replace(refusing, consent=None, answers={})]
    )
    # Answers that break the program that opens them.
    connection = sqlite3.connect(tmp_path / "b.sqlite")
    connection.execute("update conversations set answers = x'00' where consent is not null")
    connection.commit()
    connection.close()
    async with office(tmp_path / "b.sqlite") as rooms:
        assert [found async for found in rooms.participants()] == []
        assert rooms.unreadable == 0
    assert await exported(tmp_path / "b.sqlite", tmp_path / "out") == []


async def test_one_who_agreed_is_found_among_many_who_did_not(tmp_path: Path) -> None:
    refusing = talk({**ANSWERS, "occupation": ("streaming",)}, consent=("answers", "abroad"))
    await fill(tmp_path / "b.sqlite", [refusing] * 1_500 + [talk()])
    (row,) = await exported(tmp_path / "b.sqlite", tmp_path / "out")
    assert row["answer_occupation"] == "food_delivery"
    assert "streaming" not in (tmp_path / "out/answers.csv").read_text(encoding="utf-8")


async def test_minors_are_left_out(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk({"age": ("from_16_to_17",)})])
    assert await exported(tmp_path / "b.sqlite", tmp_path / "out") == []


async def test_whom_an_old_backup_brought_back_is_not_read(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk(), talk()])
    tombstones = Tombstones(tmp_path / "tombstones")
    async with office(tmp_path / "b.sqlite", tombstones) as rooms:
        async with connect(rooms.database) as connection:
            mine = conversations.c.person == KEYRING.pseudonym(str(1))
            key = (await connection.scalars(sa.select(conversations.c.key).where(mine))).one()
        tombstones.add(
            [Tombstone(KEYRING.pseudonym(str(1)), KEYRING.fingerprint(key, KEYRING.pseudonym(str(1))), 1)]
        )
        assert [found.person async for found in rooms.participants()] == [KEYRING.pseudonym(str(2))]


async def test_what_should_have_been_dropped_is_not_read(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk()], expires_at=1)
    assert await exported(tmp_path / "b.sqlite", tmp_path / "out") == []


async def test_the_codes_are_those_of_the_report(tmp_path: Path) -> None:
    row = await row_of(tmp_path)
    wanted = {"age": "3", "region": "4", "education": "2", "income": "3", "saving": "2", "debt": "2",
              "income_stability": "1", "social_insurance": "0", "premium": "1", "investing": "0",
              "constrained": "1", "gap": "1", "gender": "", "finished": "1", "stopped_at": ""}  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert (row["debt_kinds__consumer"], row["debt_kinds__mortgage"]) == ("1", "0")
    assert row["answer_social_insurance"] == "none"


async def test_what_was_skipped_is_empty_and_named(tmp_path: Path) -> None:
    row = await row_of(tmp_path, income=("skipped",), commercial_cover=("unknown",), constrained=("skipped",))
    assert (row["income"], row["gap"], row["constrained"]) == ("", "", "")
    assert {"income", "constrained"} <= set(row["skipped"].split())


async def test_a_talk_in_mid_questionnaire_is_a_row_that_says_where_it_stopped(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk({"age": ("from_21_to_30",), "occupation": ("other",)})])
    (row,) = await exported(tmp_path / "b.sqlite", tmp_path / "out")
    assert (row["finished"], row["stopped_at"]) == ("0", "province")


async def test_nobody_s_row_tells_by_a_city_in_which_province_they_are(tmp_path: Path) -> None:
    held = {"age": ("from_31_to_40",), "occupation": ("other",), "province": ("guangdong",)}
    skipped = {**ANSWERS, "province": ("guangdong",), "city_guangdong": ("skipped",)}
    await fill(tmp_path / "b.sqlite", [talk(held), talk(skipped)])
    rows = await exported(tmp_path / "b.sqlite", tmp_path / "out")
    assert sorted(row["stopped_at"] for row in rows) == ["", "province"]
    assert not any("city_guangdong" in value for row in rows for value in (*row, *row.values()))


@pytest.mark.asvs("8.2.3", "15.3.1")
async def test_no_province_and_no_pseudonym_of_the_database_is_exported(tmp_path: Path) -> None:
    row = await row_of(tmp_path)
    written = (tmp_path / "out/answers.csv").read_text(encoding="utf-8")
    assert "shanghai" not in written
    assert KEYRING.pseudonym(str(1)).hex()[:16] not in written
    assert row["person"]


async def test_two_exports_name_and_order_people_differently(tmp_path: Path) -> None:
    people = [talk({**ANSWERS, "income": (id,)}) for id in ("below_3000", "from_3000", "from_5001")] * 20
    await fill(tmp_path / "b.sqlite", people)
    first = await exported(tmp_path / "b.sqlite", tmp_path / "one")
    second = await exported(tmp_path / "b.sqlite", tmp_path / "two")
    assert not {row["person"] for row in first} & {row["person"] for row in second}
    assert [row["income"] for row in first] != [row["income"] for row in second]


async def test_each_row_says_by_which_versions_it_was_made(tmp_path: Path) -> None:
    row = await row_of(tmp_path)
    assert row["questionnaire_version"] == KNOWLEDGE.questionnaire.version
    assert row["knowledge_version"] == KNOWLEDGE.version
    assert row["model_insurance_gap"] == KNOWLEDGE.models["insurance_gap"].version


async def test_a_row_keeps_the_version_that_made_the_result_whatever_serves_today(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [replace(talk(), shown_by="0123456789ab")])
    (row,) = await exported(tmp_path / "b.sqlite", tmp_path / "out")
    assert row["result_version"] == "0123456789ab"
    assert row["knowledge_version"] == KNOWLEDGE.version


async def test_the_models_learn_from_the_exported_file_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A new version waits in models/training/questionnaires.yaml for a look at its codes.
    monkeypatch.setattr(answers, "questionnaires", lambda: (KNOWLEDGE.questionnaire.version,))
    people = [talk({**ANSWERS, "constrained": (id,)}) for id in ("yes", "no")]
    people.append(talk({**ANSWERS, "commercial_cover": ("accident",), "premium": ("from_301",)}))
    await fill(tmp_path / "b.sqlite", people)
    await exported(tmp_path / "b.sqlite", tmp_path / "out")
    for spec in SERVED:
        assert len(answers.read(tmp_path / "out/answers.csv", spec).rows.y) == 3


async def test_only_the_owner_may_read_the_export(tmp_path: Path) -> None:
    await row_of(tmp_path)
    for path in (tmp_path / "out").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def read_codebook(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "out/codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_the_codebook_names_every_column_and_every_code(tmp_path: Path) -> None:
    row = await row_of(tmp_path)
    with (tmp_path / "out/codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(dict.fromkeys(line["column"] for line in lines)) == list(row)
    assert all(line["meaning_zh"] and line["meaning_en"] for line in lines if not line["value"])
    for feature in SHEET.features:
        told = {int(line["value"]) for line in lines if line["column"] == feature and line["value"]}
        assert told == set(published.read().coding[feature])
    worded = " ".join(line["meaning_zh"] for line in lines)
    asked = KNOWLEDGE.questionnaire
    explained = {question.id for question in asked.questions if question.text.zh in worded}
    # A city is in no column, for it could name a person.
    assert explained == {question.id for question in asked.questions} - {
        city.id for city in asked.cities.values()
    }


def told_of(lines: list[dict[str, str]], column: str, value: str = "") -> dict[str, str]:
    """The last line of a column, or of one of its values."""
    return [line for line in lines if (line["column"], line["value"]) == (column, value)][-1]


async def test_the_codebook_says_that_a_worker_without_cover_counts_as_the_lowest_premium(
    tmp_path: Path,
) -> None:
    row = await row_of(tmp_path)
    assert (row["commercial_cover__none"], row["premium"]) == ("1", "1")
    lines = read_codebook(tmp_path)
    lowest = told_of(lines, "premium", "1")
    assert lowest["value_zh"] == "300元以下；没有任何商业保险（不问这题）"
    assert lowest["value_en"] == "Up to 300 yuan; no commercial cover (not asked)"
    assert "商业保险" not in told_of(lines, "premium", "2")["value_zh"]


async def test_the_codebook_says_of_each_column_of_answers_what_an_empty_cell_means(tmp_path: Path) -> None:
    unsure = dict.fromkeys(("commercial_cover", "constrained"), (SKIPPED,))
    row, lines = await row_of(tmp_path, **unsure), read_codebook(tmp_path)
    empty = {name for name, cell in row.items() if not cell}
    assert {"premium", "gap", "constrained", "commercial_cover__life"} <= empty
    own = {"result_version", "stopped_at"}  # their meaning says it
    assert [name for name in empty - own if not told_of(lines, name)["empty_zh"]] == []
    assert told_of(lines, "premium")["empty_en"] == "not asked, or skipped (see `skipped`)"
    assert told_of(lines, "gap")["empty_zh"].endswith("，或答：不清楚")
    assert told_of(lines, "person")["empty_zh"] == ""
    assert "上海" not in told_of(lines, "region")["empty_zh"], "a province stands for its region"
    unknown = KNOWLEDGE.questionnaire.by_id["commercial_cover"].option("unknown")
    assert unknown is not None
    assert told_of(lines, "gap")["empty_en"].endswith(f", or answered: {unknown.en}")


def as_asked(version: str, age: str) -> Mapping[str, Words]:
    """Words of another version, which asked for no worries and knew no cover but by an older name."""
    words = dict(KNOWLEDGE.questionnaire.words)
    del words["worries"]
    cover = words.pop("commercial_cover")
    named = {f"{id}_before" if id == "life" else id: text for id, text in cover.options.items()}
    words["cover"] = Words("cover", Text("有保险吗？", "Any cover?"), named)
    words["age"] = replace(words["age"], text=Text(age, version))
    return words


async def codebook_of(tmp_path: Path, knowledge: Knowledge, *versions: str) -> list[dict[str, str]]:
    await fill(tmp_path / "b.sqlite", [talk(questionnaire=version) for version in versions])
    async with office(tmp_path / "b.sqlite") as rooms:
        rooms.knowledge = knowledge
        await export(rooms.participants(), Columns(knowledge), tmp_path / "out")
    with (tmp_path / "out/codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def asked(lines: list[dict[str, str]], column: str) -> dict[str, tuple[str, str]]:
    """The wordings of a column by the versions that have it."""
    return {
        line["questionnaire_version"]: (line["meaning_zh"], line["meaning_en"])
        for line in lines
        if line["column"] == column and not line["value"]
    }


async def test_the_codebook_tells_how_each_version_asked(tmp_path: Path) -> None:
    today = KNOWLEDGE.questionnaire.version
    before, again = "2026-01-01", "2026-02-02"
    renaming = Renaming(
        "2026-03-03", {"cover": "commercial_cover"}, {"commercial_cover": {"life_before": "life"}}
    )
    knowledge = replace(
        KNOWLEDGE,
        questionnaire=replace(KNOWLEDGE.questionnaire, renamed=(renaming,)),
        recorded={before: as_asked("then", "几岁？"), again: as_asked("then", "几岁？")},
    )
    lines = await codebook_of(tmp_path, knowledge, before, today)
    same, age = f"{before} {again} {today}", KNOWLEDGE.questionnaire.by_id["age"].text
    assert asked(lines, "age") == {f"{before} {again}": ("几岁？", "then"), today: (age.zh, age.en)}
    assert list(asked(lines, "income")) == [same], "who asks alike shares a line"
    assert asked(lines, "commercial_cover__life")[f"{before} {again}"] == (
        "有保险吗？ 寿险、年金",
        "Any cover? Life, annuity",
    ), "under the id of today"
    assert asked(lines, "worries__debt")[f"{before} {again}"] == NOT_ASKED
    coded = [line for line in lines if line["column"] == "age" and line["value"] == "3"]
    assert [(line["questionnaire_version"], line["value_zh"]) for line in coded] == [
        (f"{before} {again}", "31–40岁"),
        (today, "31–40岁"),
    ]


async def test_the_codebook_says_plainly_whose_wording_was_not_recorded(tmp_path: Path) -> None:
    today = KNOWLEDGE.questionnaire.version
    lines = await codebook_of(tmp_path, KNOWLEDGE, "2020-02-02", today)
    for column in SHEET.columns:
        if column.question and column.name not in ("constrained", "gap"):
            told = {v: said for vs, said in asked(lines, column.name).items() for v in vs.split()}
            assert told["2020-02-02"] == NOT_RECORDED, column.name
            assert told[today] != NOT_RECORDED
    assert not [line for line in lines if line["value"] and line["questionnaire_version"] == "2020-02-02"]


async def test_the_office_can_not_write(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk()])
    database = open_for_reading(f"sqlite:///{tmp_path / 'b.sqlite'}")
    with pytest.raises(Exception, match="readonly"):
        await database.run(lambda connection: connection.exec_driver_sql("delete from conversations"))
    await database.dispose()


async def test_rows_that_the_keys_do_not_open_are_counted(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk(), talk()])
    database = open_for_reading(f"sqlite:///{tmp_path / 'b.sqlite'}")
    stranger = Office(database, Keyring(KEYRING.keys.new()), KNOWLEDGE)
    assert [found async for found in stranger.participants()] == []
    assert stranger.unreadable == 2
    await database.dispose()


@given(st.text())
@pytest.mark.asvs("1.2.10")
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert safe(cell)[:1] not in FORMULA
    assert safe(cell).strip()[:1] not in FORMULA
    assert "\0" not in safe(cell)


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\ufeff", "\0"])
@pytest.mark.parametrize("sign", "=+-@\t\r\n＝＋－＠")
def test_a_formula_is_written_as_words(blank: str, sign: str) -> None:
    assert safe(f"{blank}{sign}1") == "'" + f"{blank}{sign}1".replace("\0", "")


def test_a_plain_cell_stays_as_it_is() -> None:
    assert safe("from_3000") == "from_3000"


async def test_parquet_holds_what_the_csv_holds_with_codes_as_numbers(tmp_path: Path) -> None:
    people = [talk({**ANSWERS, "income": ("skipped",)}), talk({"age": ("from_21_to_30",)}), talk()]
    await fill(tmp_path / "b.sqlite", people)
    async with office(tmp_path / "b.sqlite") as rooms:
        assert await export(rooms.participants(), SHEET, tmp_path, "parquet") == 3
    table = read_table(tmp_path / "answers.parquet")
    assert table.column_names == [column.name for column in SHEET.columns]
    kinds = {name: str(table.schema.field(name).type) for name in ("age", "constrained", "finished", "month")}
    assert kinds == {"age": "int8", "constrained": "int8", "finished": "int8", "month": "string"}
    told = table.schema.field("income").metadata
    assert told[b"meaning_zh"].decode() == KNOWLEDGE.questionnaire.by_id["income"].text.zh
    assert told[b"value 2"].decode().startswith("3000")
    as_text = [
        {name: "" if cell is None else str(cell) for name, cell in row.items()} for row in table.to_pylist()
    ]
    csv_rows = await exported(tmp_path / "b.sqlite", tmp_path / "out")
    assert nameless(as_text) == nameless(csv_rows)
    assert (tmp_path / "answers.parquet").stat().st_mode & 0o077 == 0


def nameless(rows: list[dict[str, str]]) -> list[list[tuple[str, str]]]:
    """Return the rows without the names, which each export draws again, in an order of their own."""
    return sorted(sorted((name, cell) for name, cell in row.items() if name != "person") for row in rows)


def test_a_database_without_its_keys_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--out", str(tmp_path), "--database", str(tmp_path / "none.sqlite")]) in (65, 78)
    assert "none.keys" in capsys.readouterr().err
