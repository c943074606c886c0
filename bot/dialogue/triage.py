"""What comes before everything: is this an emergency, of which kind, and how is it answered? Or is it over?

A text is an emergency when the classifier says so, or when it meets patterns of one kind that leave no doubt.
Nothing of it is kept, and nothing depends on what was said before.
"""

from dataclasses import dataclass

from bot.content.alarms import KINDS, Kind, Scene
from bot.dialogue.hearing import Heard, Hearing
from models.serving.alarm import ANY, AlarmModel

NO_DOUBT = 4  # patterns of one kind that are met, from which the classifier isn't asked
LIFE = 0.25  # how much nearer to danger to life a text is taken to be: what can't be made good comes first
SMALL = ("了", "的", "啦", "呀", "啊", "哈", "呢", "吧", "哦", "现在", "已经", "真的", "谢谢", "您", "你")


@dataclass(frozen=True, eq=False)
class Triage:
    """Finds emergencies by patterns and by the classifier."""

    hearing: Hearing
    model: AlarmModel

    def scene(self, text: str) -> Scene | None:
        """Give the scene by which a text is answered; None for what is no emergency."""
        heard = self.hearing.heard(text)
        kind = self._kind(heard)
        if kind is None:
            return None
        scenes = [scene for scene in self.hearing.alarms.scenes if scene.kind == kind]
        named = (scene for scene in scenes if self.hearing.holds(heard, scene.when))
        return next(named, scenes[-1])

    def is_over(self, text: str) -> bool:
        """Say whether a text says that the danger is over, and nothing else."""
        heard = self.hearing.heard(text)
        fine = self.hearing.alarms.fine
        said = _bare(heard.chinese)
        return any(said == _bare(term) for term in fine.get("zh", ())) or any(
            " ".join(heard.english) == " ".join(self.hearing.heard(term).english) for term in fine.get("en", ())
        )

    def _kind(self, heard: Heard) -> Kind | None:
        if not heard.chinese and not heard.english:
            return None
        met = self.hearing.alarming(heard)
        scores = self.model.scores(self.hearing.features(heard))
        if scores[ANY] <= self.model.threshold and max(met.values(), default=0) < NO_DOUBT:
            return None
        return max(KINDS, key=lambda kind: scores[kind] + (LIFE if kind == "life" and met.get(kind) else 0.0))


def _bare(text: str) -> str:
    """Give Chinese words without the small ones and without marks."""
    for word in SMALL:
        text = text.replace(word, "")
    return "".join(sign for sign in text if sign >= "\u3400")
