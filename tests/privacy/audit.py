"""Which test keeps which article, by the tests' names; `make regenerate` writes docs/reference/law.md.

It lists them twice: by law and article, and by the fifteen requirements that the laws make of the product.

A test that keeps an article has it in its name: test_pipl_47_…, test_anti_fraud_law_30_….
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.checkout import KNOWLEDGE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/law.md"
LAWS = {
    "pipl": "Personal Information Protection Law 《个人信息保护法》",
    "anti_fraud_law": "Law against Telecom and Online Fraud 《反电信网络诈骗法》",
    "minors_law": "Law on the Protection of Minors 《未成年人保护法》",
    "civil_code": "Civil Code 《民法典》",
    "credit_regulation": "Regulation on Credit Reporting 《征信业管理条例》",
    "developer_terms": "Telegram's terms for bot developers",
}
ASKED = {  # law and article, with what it asks of us in short; a lawyer's reading goes before ours
    ("pipl", "6"): "only what is needed",
    ("pipl", "13"): "a ground: here consent",
    ("pipl", "14"): "asked again when the purpose changes",
    ("pipl", "15"): "consent can be withdrawn",
    ("pipl", "16"): "no refusal of service to who refuses",
    ("pipl", "17"): "told before, in plain words",
    ("pipl", "19"): "kept no longer than needed",
    ("pipl", "23"): "handed to others only with a consent of its own",
    ("pipl", "24"): "automated decisions are explained and can be refused",
    ("pipl", "25"): "not made known to others",
    ("pipl", "29"): "sensitive data: a consent of its own",
    ("pipl", "30"): "sensitive data: told why they are needed and what follows",
    ("pipl", "31"): "under 14",
    ("pipl", "38"): "transfer abroad",
    ("pipl", "39"): "transfer abroad: a consent of its own",
    ("pipl", "44"): "to know and to decide",
    ("pipl", "45"): "to see and to take along",
    ("pipl", "46"): "to correct",
    ("pipl", "47"): "to have deleted",
    ("pipl", "48"): "to have the rules explained",
    ("pipl", "50"): "an easy way to each right",
    ("pipl", "51"): "sealed, and access by need",
    ("pipl", "53"): "an operator abroad has a representative in China",
    ("pipl", "54"): "audited regularly: this page, at every release",
    ("pipl", "55"): "impact assessed before",
    ("pipl", "56"): "the assessment is kept",
    ("pipl", "57"): "leaks are told",
    ("anti_fraud_law", "29"): "what frauds could use is not kept",
    ("anti_fraud_law", "30"): "warned of fraud",
    ("minors_law", "72"): "minors' data: their guardians' consent, so they are not scored",
    ("civil_code", "1029"): "to object to an assessment",
    ("credit_regulation", "7"): "not a credit bureau, and not called like one",
    ("developer_terms", "4"): "encrypted, deletable, a privacy text",
}
Article = tuple[str, str]


def _of(law: str, *articles: str) -> tuple[Article, ...]:
    return tuple((law, article) for article in articles)


# What the laws ask of the product, in our words.
REQUIREMENTS: Mapping[str, tuple[str, Sequence[Article]]] = {
    "L1": (
        "before the first question: who asks, why, what, how long, the rights, Telegram abroad; then a tick "
        "of its own for sensitive data and for the transfer, none set before, research a third; without them "
        "no answer is kept",
        _of("pipl", "13", "17", "29", "30", "39"),
    ),
    "L2": ("who refuses still gets general guidance, and is not asked again", _of("pipl", "16")),
    "L3": ("a new purpose, kind or way: asked again before the next answer", _of("pipl", "14")),
    "L4": (
        "no question without a use; no name, phone, number, address, employer; what is old goes by itself",
        _of("pipl", "6", "19"),
    ),
    "L5": (
        "see, take along, correct, delete, withdraw, ask why: at any moment, without conditions, in seconds",
        _of("pipl", "15", "44", "45", "46", "47", "48", "50"),
    ),
    "L6": (
        "a score is explained in plain words, can be refused, and a person can be asked to look at it",
        _of("pipl", "24"),
    ),
    "L7": (
        "the impact is assessed before launch, for each trigger, and the paper is kept three years",
        _of("pipl", "55", "56"),
    ),
    "L8": (
        "age first: under 14 nothing is kept, under 18 nothing is scored",
        (*_of("pipl", "31"), *_of("minors_law", "72")),
    ),
    "L9": (
        "sealed, least privilege; a leak is told, with kinds, cause, harm, remedy and contact",
        _of("pipl", "51", "57"),
    ),
    "L10": (
        "abroad: a consent of its own, and fewer people a year than the number that wants an assessment",
        _of("pipl", "38", "39"),
    ),
    "L11": ("an operator abroad names a representative in China", _of("pipl", "53")),
    "L12": (
        "nobody else gets anything: no analytics, no advertising, no path in the code",
        _of("pipl", "23", "25"),
    ),
    "L13": ("audited at every release, by a machine", _of("pipl", "54")),
    "L14": (
        "warned of fraud where credit is spoken of; codes, card and identity numbers are refused, not kept",
        _of("anti_fraud_law", "29", "30"),
    ),
    "L15": (
        "who disagrees with an assessment is told how to object and whom to ask",
        _of("civil_code", "1029"),
    ),
}
_NAME = re.compile(rf"test_({'|'.join(LAWS)})_((?:\d+_)+)(.+)")


def kept() -> Iterator[tuple[str, str, str, str]]:
    """Return law, article, the test's sentence and its file."""
    for path in sorted(ROOT.glob("tests/**/test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (m := _NAME.fullmatch(node.name)):
                articles = m[2].strip("_").split("_")
                for article in articles[:1] if m[1] == "developer_terms" else articles:
                    yield m[1], article, m[3].replace("_", " "), path.relative_to(ROOT).as_posix()


def page() -> str:
    """Render the page."""
    tests: dict[tuple[str, str], list[str]] = defaultdict(list)
    for law, article, sentence, path in kept():
        tests[law, article].append(f"{sentence} (`{path}`)")
    lines = [
        "# Which test keeps which article",
        "",
        "Made by `make regenerate` from the tests' names. What is not the program's to keep",
        "(contracts, filings, the decision to serve) is in [the impact assessment](../impact-assessment.md).",
    ]
    for law, title in LAWS.items():
        lines += ["", f"## {title}", "", "| article | asks | kept by |", "|---|---|---|"]
        for (of, article), asks in ASKED.items():
            if of == law:
                lines.append(f"| {article} | {asks} | {'; '.join(tests[law, article]) or '**nothing**'} |")
    lines += [
        "",
        "## The fifteen requirements on the product",
        "",
        "| | asks | by | kept by |",
        "|---|---|---|---|",
    ]
    for id, (asks, articles) in REQUIREMENTS.items():
        by = ", ".join(f"{law.replace('_', ' ')} {article}" for law, article in articles)
        keepers = dict.fromkeys(test for article in articles for test in tests[article])
        lines.append(f"| {id} | {asks} | {by} | {'; '.join(keepers) or '**nothing**'} |")
    lines += [
        "",
        "## For a lawyer's eye",
        "",
        "The letters ready to send stand on the sources that the bot names with them.",
        "No lawyer has seen them. In these the doubt is greatest.",
        "",
        "| letter | cites | to look at |",
        "|---|---|---|",
    ]
    for letter in KNOWLEDGE.letters.values():
        if letter.lawyer:
            cites = "; ".join(KNOWLEDGE.cited(citation, "en") for citation in letter.grounds)
            lines.append(f"| `{letter.id}` | {cites or 'nothing'} | {letter.lawyer} |")
    return "\n".join(lines) + "\n"


def record() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
