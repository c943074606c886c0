"""Telegram's HTML, read as strictly as Telegram reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.double.entities import Text, escape, find_entities, read_html, settle, units
from bot.demo.double.refusals import Refusal

# What the wire can carry: no lone surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
TAGS = ["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "code", "pre", "blockquote"]


@st.composite
def documents(draw: st.DrawFn, depth: int = 3) -> tuple[str, str, int]:
    """HTML, the text that it shows, and how many tags hold text."""
    source, shown, marks = "", "", 0
    for _ in range(draw(st.integers(0, 3))):
        if depth and draw(st.booleans()):
            tag = draw(st.sampled_from(TAGS))
            inner, text, count = draw(documents(depth=depth - 1))
            source += f"<{tag}>{inner}</{tag}>"
            shown, marks = shown + text, marks + count + bool(text)
        else:
            text = draw(TEXTS)
            source, shown = source + escape(text), shown + text
    return source, shown, marks


@given(TEXTS)
def test_an_escaped_text_reads_back_as_itself(text: str) -> None:
    assert read_html(escape(text)) == Text(text)


@given(documents())
def test_well_formed_html_shows_its_text_and_entities_lie_inside_it(document: tuple[str, str, int]) -> None:
    source, shown, marks = document
    read = read_html(source)
    assert read.text == shown
    assert len(read.entities) <= marks
    for entity in read.entities:
        assert entity["length"] > 0
        assert 0 <= entity["offset"] <= units(shown) - entity["length"]


@given(st.text(st.sampled_from("<>/ab&;=\"' \n#x1pre&lt;")))
def test_any_string_is_read_or_refused_in_words(source: str) -> None:
    description = ""
    try:
        read_html(source)
    except Refusal as refusal:
        description = refusal.description
    assert description == "" or description.startswith("Bad Request: can't parse entities: ")


@given(TEXTS)
def test_what_is_kept_has_no_blank_ends_and_keeps_marks_in_place(text: str) -> None:
    kept = settle(read_html(f"  <b>{escape(text)}</b>\n"))
    assert kept.text == text.strip()
    bold = [entity for entity in kept.entities if entity["type"] == "bold"]
    assert bold == ([{"type": "bold", "offset": 0, "length": units(kept.text)}] if kept.text else [])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>您好", 'Can\'t find end tag corresponding to start tag "b"'),
        ("您好</b>", "Unexpected end tag at byte offset 6"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ('<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_what_telegram_cannot_parse_is_refused_in_its_words(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_html(source)
    assert reason in refused.value.description


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        ("<strong>x</strong>", {"type": "bold"}),
        ("<em>x</em>", {"type": "italic"}),
        (
            '<tg-time unix="1798689600" format="D">x</tg-time>',
            {"type": "date_time", "unix_time": 1798689600, "date_time_format": "D"},
        ),
        ('<tg-time unix="1798689600">x</tg-time>', {"type": "date_time", "unix_time": 1798689600}),
        ("<ins>x</ins>", {"type": "underline"}),
        ("<del>x</del>", {"type": "strikethrough"}),
        ('<span class="tg-spoiler">x</span>', {"type": "spoiler"}),
        ("<TG-SPOILER>x</>", {"type": "spoiler"}),
        ("<blockquote expandable>x</blockquote>", {"type": "expandable_blockquote"}),
        ("<a href='https://e.org/?a=1&amp;b'>x</a>", {"type": "text_link", "url": "https://e.org/?a=1&b"}),
        ('<code class="language-py">x</code>', {"type": "code", "language": "py"}),
        ('<pre><code class="language-py">x</code></pre>', {"type": "pre", "language": "py"}),
    ],
)
def test_each_tag_becomes_its_entity(source: str, entity: dict[str, object]) -> None:
    assert read_html(source).entities == ({**entity, "offset": 0, "length": 1},)


def test_offsets_count_as_telegram_counts() -> None:
    assert read_html("😀<b>您好</b>").entities == ({"type": "bold", "offset": 2, "length": 2},)


def test_unknown_names_stay_as_written() -> None:
    assert read_html("&nbsp;&lt;b&gt;&#20320;&#x597d;&").text == "&nbsp;<b>你好&"


def test_a_link_without_a_usable_address_is_plain_text() -> None:
    assert settle(read_html('<a href="javascript:alert(1)">x</a>')).entities == ()


def test_commands_addresses_and_mentions_are_found() -> None:
    found = find_entities("/start 见 https://12333.gov.cn，问 @some_bot 或 a/b")
    assert [(entity["type"], entity["length"]) for entity in found] == [
        ("bot_command", 6),
        ("url", 20),
        ("mention", 9),
    ]


def test_nothing_is_found_inside_code() -> None:
    kept = settle(read_html("<code>/start</code>"))
    assert [entity["type"] for entity in kept.entities] == ["code"]
