"""When something has leaked: drafts of what the law wants told, and to whom, for a person to finish.

PIPL 57 asks for kinds, cause, harm, what was done, what people can do and a contact, to the authority and to
the people. The rules on reporting network security incidents ask for a report to the provincial authority
within hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.research.participants import Counts
from bot.research.report.labels import environment

Leaked = Literal["database", "database_and_keys", "token"]
LEAKED: tuple[Leaked, ...] = get_args(Leaked)
REPORT_WITHIN = timedelta(
    hours=4
)  # 国家网络安全事件报告管理办法, as read in a digest: docs/impact-assessment.md


@dataclass(frozen=True, slots=True)
class Breach:
    """What leaked, and when it was found out (aware)."""

    leaked: Leaked
    found: datetime


def draft(breach: Breach, counts: Counts, contact: str, hotline: str) -> str:
    """Draft the report to the authority (Chinese) and the notice to the people (Chinese, English).

    contact: the operator's, may be empty. hotline: the number against fraud.
    """
    return (
        environment()
        .get_template("breach.md.j2")
        .render(
            leaked=breach.leaked,
            found=f"{breach.found:%Y-%m-%d %H:%M}",
            until=f"{breach.found + REPORT_WITHIN:%Y-%m-%d %H:%M}",
            people=counts.conversations,
            agreed=counts.agreed,
            contact=contact,
            hotline=hotline,
        )
    )
