"""Which figure holds where somebody pays in: a city's own, or its province's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.content.parameters import Figures, NoValue


@dataclass(frozen=True, slots=True)
class Place:
    """A province by its option's id, and in it a city by its code of GB/T 2260 (six digits).

    `city` is another option's id (elsewhere in the province) for a city that has no code here, and None where
    the city isn't known.
    """

    province: str
    city: str | None = None

    def id_of(self, figures: Figures, kind: str) -> str:
        """Name the figure of a kind (`pension.base_limits`) that holds here: the city's, else the province's.

        Raises NoValue where the province's doesn't hold in the city, whose own isn't known.
        """
        own, wider = f"{kind}.{self.city}", f"{kind}.{self.province}"
        if own in figures.parameters:
            return own
        if wider in figures.parameters and self.city in figures.parameters.by_id[wider].not_in:
            figures.missed.add(own)
            raise NoValue(f"{own}: the figure of {self.province} doesn't hold there, and no other is known")
        return wider

    def in_words(self, figures: Figures, *kinds: str) -> Mapping[Literal["zh", "en"], str]:
        """Say where in the province its figures hold; empty where that is no question for this worker.

        Of several kinds, the first of which there is something to say.
        """
        return next((words for kind in kinds if (words := self._in_words(figures, kind))), {})

    def _in_words(self, figures: Figures, kind: str) -> Mapping[Literal["zh", "en"], str]:
        parameter = figures.parameters.by_id.get(f"{kind}.{self.province}")
        if parameter is None or self.is_apart(figures, kind):
            return {}
        known_to_hold = self.city is not None and parameter.not_in and not parameter.holds_in
        return {} if known_to_hold else parameter.place

    def is_apart(self, figures: Figures, kind: str) -> bool:
        """Say whether the city counts apart from its province, even if its own figure is not known."""
        parameter = figures.parameters.by_id.get(f"{kind}.{self.province}")
        named = parameter is not None and self.city in (*parameter.holds_in, *parameter.not_in)
        return named or f"{kind}.{self.city}" in figures.parameters

    def is_certain(self, figures: Figures, kind: str) -> bool:
        """Say whether the figure is this place's own, and not that of the cities in which it surely holds."""
        parameter = figures.parameters.by_id.get(f"{kind}.{self.province}")
        return parameter is None or not parameter.holds_in or self.is_apart(figures, kind)
