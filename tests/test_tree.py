"""The drawing of the house is that of the code, and has no circle."""

from tests.test_architecture import MAY_IMPORT
from tests.tree import PAGE, circle, groups, imported, page, reachable, reduced


def test_the_drawing_is_made_of_what_the_folders_import_today() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "python -m tests.regenerate architecture"


def test_the_imports_among_folders_have_no_circle() -> None:
    assert circle(imported()) == []


def test_a_circle_is_found_where_there_is_one() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}


def test_the_table_of_what_may_be_imported_draws_the_same_arrows() -> None:
    assert imported() == MAY_IMPORT


def test_the_arrows_left_out_of_the_drawing_follow_from_those_in_it() -> None:
    arrows = imported()
    few = reduced(arrows)
    for name in arrows:
        assert reachable(few, [name]) == reachable(arrows, [name])


def test_every_folder_stands_in_one_group() -> None:
    arrows = imported()
    grouped = [name for names in groups(arrows).values() for name in names]
    assert sorted(grouped) == sorted(arrows)
