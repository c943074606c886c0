"""The sections of the report in one language: each a lead, a plot, tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.content.knowledge import Knowledge
from bot.dialogue.counting import PAUSE
from bot.guidance import title
from bot.research.disclosure import LEAST, Cells, hidden
from bot.research.report import charts
from bot.research.report.blocks import Part, Row, Table, percent, tens
from bot.research.report.findings import Facts
from bot.research.report.labels import Labels
from bot.research.report.learning_section import learning_parts
from bot.research.report.need_section import need_part
from bot.research.report.published import agreement, interval
from bot.research.report.quality import EACH, Band
from bot.research.tally import FINISHED
from models.training import population
from models.training.stability import ALARM, WATCH

OUTCOMES = ("done", "have", "not_for_me", "stuck")
NAMED = 3  # places of one finding that are named
PANELS = ("age", "education", "income", "income_stability", "saving", "debt", "premium", "daily_hours",
          "spending", "region")  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """Words the sections of one report."""

    found: Facts
    knowledge: Knowledge
    labels: Labels

    def __iter__(self) -> Iterator[Part]:
        """Return the sections in their order."""
        yield self.shares()
        yield self.levels()
        yield self.dropoff()
        yield self.times()
        yield self.bands()
        yield self.advice()
        yield self.calibration()
        yield self.drift()
        yield from learning_parts(self.found.learning, self.labels)
        yield need_part(self.found.tally, self.knowledge.questionnaire, self.labels)
        yield self.freshness()

    def _figures(self) -> dict[str, object]:
        agree, of = agreement(self.found.compared)
        counted = self.found.tally
        return {
            "agree": agree,
            "of": of,
            "least": LEAST,
            "watch": WATCH,
            "alarm": ALARM,
            "each": EACH,
            "reminders": tens(counted.reminders),
            "since": self.found.counted.since or self.found.day,
            "minutes": PAUSE // 60,
            "finished": f"{tens(counted.stopped[FINISHED]):,}",
        }

    def _part(self, key: str, tables: Sequence[Table], plot: str = "") -> Part:
        words, figures = self.labels.words[key], self._figures()
        empty = not any(table.rows for table in tables)
        nothing = words["nothing"].format(**figures) if empty and "nothing" in words else ""
        return Part(key, words["lead"].format(**figures), tuple(tables), "" if nothing else plot, nothing)

    def shares(self) -> Part:
        """Compare the printed shares with the collected ones."""
        words, few = self.labels.words["shares"], self._few
        rows = []
        for row in self.found.compared:
            span = "–".join(percent(end) for end in row.interval) if row.interval else ""
            n = f"{row.n:,}" if row.n else few
            cells = (self.labels.share(row.printed), row.printed.where, percent(row.printed.value),
                     few if row.share is None else percent(row.share), span, n)  # fmt: skip
            rows.append(Row(cells, alarm=row.agrees is False))
        table = Table(words["columns"], rows, words=2)
        return self._part("shares", [table], charts.shares(self.found.compared, self.labels))

    def levels(self) -> Part:
        """Show how the answers to each question are spread."""
        reference = population.rebuild("flexible")
        panels = []
        for feature in PANELS:
            counts = self.found.tally.levels(feature)
            n, few = sum(counts.values()), Cells(counts).hidden
            rows = [
                (
                    self.labels.code(feature, code),
                    None if code in few or not n else count / n,
                    None if code in few or not n else interval(count, n),
                    reference.share({feature: (code,)}),
                )
                for code, count in counts.items()
            ]
            panels.append((self.labels.feature(feature), n if n >= LEAST else 0, rows))
        return self._part("levels", [], charts.levels(panels, self.labels))

    def dropoff(self) -> Part:
        """Show where people stop."""
        words, counted = self.labels.words["dropoff"], self.found.tally
        every = [(q.id, counted.stopped[q.id]) for q in self.knowledge.questionnaire.questions]
        stops = [(id, count) for id, count in every if count]
        few = hidden([*(count for _, count in stops), counted.people - sum(count for _, count in stops)])
        shown = [(id, None if place in few else count) for place, (id, count) in enumerate(stops)]
        # Exact numbers of those asked would tell, from one question to the next, who stopped between.
        rows = [
            Row((self.labels.question(id), f"{asked:,}", f"{count:,}", f"{100 * count / asked:.0f}%"))
            for id, count in shown
            if count is not None and (asked := tens(counted.asked[id]))
        ]
        named = [(self.labels.question(id), count) for id, count in shown]
        return self._part("dropoff", [Table(words["columns"], rows)], charts.dropoff(named, self.labels))

    def times(self) -> Part:
        """Show how long a question takes."""
        words, numbers = self.labels.words["times"], self.found.counted.numbers
        rows = [
            (
                self.labels.question(question.id),
                count,
                numbers["seconds", question.id] / count,
                numbers["put_away", question.id],
            )
            for question in self.knowledge.questionnaire.questions
            if (count := numbers["answered", question.id]) >= LEAST
        ]
        cells = [
            Row((name, f"{tens(count):,}", f"{mean:.0f}", f"{away:,}" if away >= LEAST else self._few))
            for name, count, mean, away in rows
        ]
        plot = charts.times([(name, mean) for name, _, mean, _ in rows], self.labels)
        return self._part("times", [Table(words["columns"], cells)], plot)

    def bands(self) -> Part:
        """Show the bands by group, of groups of which something may be published."""
        words, labels = self.labels.words["bands"], self.labels
        named = [
            (labels.words["models"][name], [row for row in rows if any(c is not None for c in row.counts)])
            for name, rows in self.found.bands.items()
        ]
        tables = [
            Table(words["columns"], [Row(self._band(row)) for row in rows], caption=name, words=2)
            for name, rows in named
        ]
        plot = charts.bands(named, labels) if any(rows for _, rows in named) else ""
        return self._part("bands", tables, plot)

    def _band(self, row: Band) -> tuple[str, ...]:
        names = self.labels.grouping(row.grouping), self.labels.group(row.grouping, row.group)
        return (*names, *(self._few if count is None else f"{count:,}" for count in row.counts))

    def advice(self) -> Part:
        """Show what became of the advice."""
        words, marks = self.labels.words["advice"], self.found.tally.marks
        numbers, rows = self.found.counted.numbers, []
        for piece in self.knowledge.advice:
            times = [tens(numbers[what, piece.id]) for what in ("offered", "opened", "reminded")]
            counts = [marks[piece.id, mark] for mark in OUTCOMES]
            if max(*times, *counts) >= LEAST:
                named = title(self.knowledge, piece.id, self.labels.language, self.found.day)
                rows.append(Row((named, *map(self._cell, times), *map(self._cell, counts))))
        came = [numbers["followed", outcome] for outcome in OUTCOMES]
        reminded = sum(number for (what, _), number in numbers.items() if what == "reminded")
        after = [Row(tuple(map(self._cell, (tens(reminded), *came))))] if reminded >= LEAST else []
        tables = [
            Table(words["columns"], rows),
            Table(words["after_columns"], after, caption=words["after"], words=0),
        ]
        return self._part("advice", tables)

    def calibration(self) -> Part:
        """Show how the models agree with the answers."""
        words, found = self.labels.words["calibration"], self.found.calibrations
        rows = [
            Row(
                (
                    self.labels.words["models"][row.model],
                    row.version,
                    f"{row.n:,}",
                    "" if row.rank is None else f"{row.rank:.2f}",
                    words["alarm" if row.alarm else "quiet"],
                ),
                alarm=row.alarm,
            )
            for row in found
            if row.parts
        ]
        return self._part(
            "calibration", [Table(words["columns"], rows)], charts.calibration(found, self.labels)
        )

    def drift(self) -> Part:
        """Show how far the people have changed."""
        words, found = self.labels.words["drift"], self.found.drifts
        rows = [
            Row(
                (
                    self.labels.feature(row.feature),
                    f"{row.psi:.3f}",
                    f"{row.n:,}",
                    words["states"][row.state],
                ),
                alarm=row.state == "alarm",
            )
            for row in found
        ]
        return self._part("drift", [Table(words["columns"], rows)], charts.drift(found, self.labels))

    def freshness(self) -> Part:
        """List what the knowledge's checker found."""
        words, report = self.labels.words["freshness"], self.found.knowledge
        line = words["counts"].format(findings=len(report.findings), notices=len(report.notices))
        every = [(finding, True) for finding in report.findings] + [(note, False) for note in report.notices]
        places: dict[tuple[str, str, bool], list[str]] = {}
        for found, wrong in every:
            places.setdefault((found.what, found.todo, wrong), []).append(found.where)
        rows = [
            Row((self._first(where), what, todo), alarm=wrong)
            for (what, todo, wrong), where in places.items()
        ]
        return self._part("freshness", [Table((line, "", ""), rows, words=3)])

    def _first(self, places: Sequence[str]) -> str:
        """Name some of the places, and say how many there are besides."""
        named, more = str(self.labels.words["joint"]).join(places[:NAMED]), len(places) - NAMED
        return named + (str(self.labels.words["more"]).format(count=more) if more > 0 else "")

    def _cell(self, count: int) -> str:
        return f"{count:,}" if count >= LEAST else "–"

    @property
    def _few(self) -> str:
        return str(self.labels.words["few"])
