"""Which test keeps which article, by the tests' names; `python -m tests.privacy.audit` writes docs/law.md.

A test that keeps an article has it in its name: test_pipl_47_…, test_anti_fraud_law_30_….
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/law.md"
LAWS = {
    "pipl": "Personal Information Protection Law 《个人信息保护法》",
    "anti_fraud_law": "Law against Telecom and Online Fraud 《反电信网络诈骗法》",
    "civil_code": "Civil Code 《民法典》",
    "credit_regulation": "Regulation on Credit Reporting 《征信业管理条例》",
    "developer_terms": "Telegram's terms for bot developers",
}
ASKED = {  # law and article: what it asks of us, in short; a lawyer's reading goes before ours
    ("pipl", "6"): "only what is needed",
    ("pipl", "14"): "asked again when the purpose changes",
    ("pipl", "15"): "consent can be withdrawn",
    ("pipl", "16"): "no refusal of service to who refuses",
    ("pipl", "17"): "told before, in plain words",
    ("pipl", "19"): "kept no longer than needed",
    ("pipl", "24"): "automated decisions are explained and can be refused",
    ("pipl", "25"): "not made known to others",
    ("pipl", "29"): "sensitive data: a consent of its own",
    ("pipl", "31"): "under 14",
    ("pipl", "38"): "transfer abroad",
    ("pipl", "39"): "transfer abroad: a consent of its own",
    ("pipl", "44"): "to know and to decide",
    ("pipl", "45"): "to see and to take along",
    ("pipl", "46"): "to correct",
    ("pipl", "47"): "to have deleted",
    ("pipl", "51"): "sealed, and access by need",
    ("pipl", "53"): "an operator abroad has a representative in China",
    ("pipl", "54"): "audited regularly: this page, at every release",
    ("pipl", "55"): "impact assessed before",
    ("pipl", "56"): "the assessment is kept",
    ("pipl", "57"): "leaks are told",
    ("anti_fraud_law", "29"): "what frauds could use is not kept",
    ("anti_fraud_law", "30"): "warned of fraud",
    ("civil_code", "1029"): "to object to an assessment",
    ("credit_regulation", "7"): "not a credit bureau, and not called like one",
    ("developer_terms", "4"): "encrypted, deletable, a privacy text",
}
_NAME = re.compile(rf"test_({'|'.join(LAWS)})_((?:\d+_)+)(.+)")


def kept() -> Iterator[tuple[str, str, str, str]]:
    """Give law, article, the test's sentence and its file."""
    for path in sorted(ROOT.glob("tests/**/test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (m := _NAME.fullmatch(node.name)):
                articles = m[2].strip("_").split("_")
                for article in articles[:1] if m[1] == "developer_terms" else articles:
                    yield m[1], article, m[3].replace("_", " "), path.relative_to(ROOT).as_posix()


def page() -> str:
    """Word the page."""
    tests: dict[tuple[str, str], list[str]] = defaultdict(list)
    for law, article, sentence, path in kept():
        tests[law, article].append(f"{sentence} (`{path}`)")
    lines = [
        "# Which test keeps which article",
        "",
        "Made by `python -m tests.privacy.audit` from the tests' names. What is not the program's to keep",
        "(contracts, filings, the decision to serve) is in [the impact assessment](impact-assessment.md).",
    ]
    for law, title in LAWS.items():
        lines += ["", f"## {title}", "", "| article | asks | kept by |", "|---|---|---|"]
        for (of, article), asks in ASKED.items():
            if of == law:
                lines.append(f"| {article} | {asks} | {'; '.join(tests[law, article]) or '**nothing**'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
