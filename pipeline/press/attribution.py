"""Who says each span: an ordered list of rules, then pronouns traced back to names.

In: text, spans and their surroundings. Out: for each span the attribution that applies, or None. Pure; never judges
what kind of quote it is.

A rule looks at one place; the first that finds an attribution wins:

    inside        author's words inside the marks (Russian)
    introduced    words before the mark that end with a colon, a comma or a dash, or a paragraph that ends with a colon
    introduced    a name and a colon, as headlines have it ("Minister: 'No plans'")
    embeds        words before a fragment that begins with a small letter
    follows       words after a quote that ends with a comma, a question, an exclamation or a dash
    embeds        words before any other mark in the same sentence
    trails        words after the mark in the same sentence
    appended      a short sentence after a quote that ends with a point ("We won." Petrov said.)
    precedes      the sentence before a quote that is a sentence (Petrov told the court. "We won.")
    headline      a name and a colon before the clause that holds the quote (Minister: port to close 'in weeks')

What is still without one takes the attribution of another span of its sentence, or of the quote that it continues.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeline.press.mentions import Attribution, FindAttribution, Mention, Side, Window
from pipeline.press.names import NameIndex
from pipeline.press.spans import Span
from pipeline.press.windows import Surroundings
from pipeline.press.wordlists import NOT_NAMES

_INTRODUCES: Final = re.compile(r"(?::|,|[—–-])\s*\Z")
_SPEECH_END: Final = re.compile(r"[,?!…—–][’'\"”»]?\s*\Z")
_SENTENCE_END: Final = re.compile(r"[.?!…][\])’'\"”»]*\s*\Z")
_SEPARATED: Final = re.compile(r"\s*[,—–-]")
_SEPARATED_BY_DASH: Final = re.compile(r"\s*,?\s*[—–-]")  # in Russian a comma alone belongs to the author's sentence
_CYRILLIC: Final = re.compile(r"[а-яё]", re.I)
_COLON_END: Final = re.compile(r":\s*\Z")
_GOES_ON: Final = re.compile(r"[\s,]*(?:and|but|or|while|which|и|а|но|или|который|которая)\b", re.I)
_NAME_COLON: Final = re.compile(
    r"\s*(?P<who>[A-ZА-ЯЁІЇЄҐ][\w’'-]*(?: [\w’'-]+){0,4})(?:\s*\([^()]{1,40}\))?:(?:\s*\Z|\s(?P<clause>[^:;]+)\Z)"
)
_ROLE_WORDS: Final = 2
_APPENDED_WORDS: Final = 14
_WORD_CHARS: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Scene:
    """One span with everything that rules look at."""

    text: str
    span: Span
    around: Surroundings
    names: NameIndex
    find: FindAttribution

    @property
    def quoted(self) -> str:
        """The last part as printed, to see how it ends."""
        start, end = self.span.parts[-1]
        return self.text[max(start, end - 20) : end]

    @property
    def before(self) -> str:
        """The words before the mark."""
        return self.text[slice(*self.around.before)]

    @property
    def after(self) -> str:
        """The words after the mark."""
        return self.text[slice(*self.around.after)]

    @property
    def separated(self) -> bool:
        """Whether a comma or dash after the mark leads to an attribution."""
        pattern = _SEPARATED_BY_DASH if _CYRILLIC.search(self.quoted) else _SEPARATED
        return pattern.match(self.after) is not None

    @property
    def fragment(self) -> bool:
        """Whether the quote begins inside a sentence of the author."""
        start = self.span.start
        return self.text[start : start + 6].lstrip(" \xa0[(…").lstrip(".")[:1].islower() and bool(self.before.strip())

    def look(self, start: int, end: int, side: Side) -> Attribution | None:
        """The attribution in ``text[start:end]``."""
        return self.find(Window(self.text, start, end, side, self.names)) if end - start > 1 else None


def _inside(scene: Scene) -> Attribution | None:
    for start, end in scene.span.author:
        found = scene.look(start, end, "after")
        if found:
            return found
    return None


def _introduced(scene: Scene) -> Attribution | None:
    if scene.around.introduction:
        return scene.look(*scene.around.introduction, "before")
    return scene.look(*scene.around.before, "before") if _INTRODUCES.search(scene.before) else None


def _follows(scene: Scene) -> Attribution | None:
    ends = _SPEECH_END.search(scene.quoted) or scene.separated
    if (
        not ends
        or _GOES_ON.match(scene.after)
        or (_COLON_END.search(scene.after) and _SENTENCE_END.search(scene.quoted))
    ):
        return None
    return scene.look(*scene.around.after, "after")


def _headline(scene: Scene) -> Attribution | None:
    match = _NAME_COLON.match(scene.before)
    return None if match is None or match["clause"] else _before_colon(scene, match)


def _headline_clause(scene: Scene) -> Attribution | None:
    match = _NAME_COLON.match(scene.before)
    return _before_colon(scene, match) if match is not None and match["clause"] else None


def _before_colon(scene: Scene, match: re.Match[str]) -> Attribution | None:
    """A name before a colon, or one or two words that are no common opening of a sentence."""
    who = match["who"]
    start, end = (scene.around.before[0] + char for char in match.span("who"))
    names = [name for name in scene.names.within(start, end) if name.end == end and scene.names.is_person(name)]
    if names:
        return Attribution("", start, end, Mention("name", names[0].text, names[0]), direct=True)
    role = who.split()
    fits = len(role) <= _ROLE_WORDS and role[0].lower() not in NOT_NAMES
    return Attribution("", start, end, Mention("role", who), direct=True) if fits else None


def _completes(scene: Scene) -> Attribution | None:
    return _embeds(scene) if scene.fragment else None


def _embeds(scene: Scene) -> Attribution | None:
    return scene.look(*scene.around.before, "before") if _WORD_CHARS.search(scene.before) else None


def _trails(scene: Scene) -> Attribution | None:
    if _SENTENCE_END.search(scene.quoted) and not scene.after.lstrip()[:1].islower():
        return None
    return scene.look(*scene.around.after, "after")


def _appended(scene: Scene) -> Attribution | None:
    if len(scene.after.split()) > _APPENDED_WORDS or _COLON_END.search(scene.after):
        return None
    found = scene.look(*scene.around.after, "after")
    return found if found and found.direct and not found.labels else None


def _precedes(scene: Scene) -> Attribution | None:
    if scene.fragment or not _SENTENCE_END.search(scene.quoted):
        return None
    return scene.look(*scene.around.previous, "before")


Rule = Callable[[Scene], Attribution | None]
RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("inside", _inside),
    ("introduced", _introduced),
    ("introduced", _headline),
    ("embeds", _completes),
    ("follows", _follows),
    ("embeds", _embeds),
    ("trails", _trails),
    ("appended", _appended),
    ("precedes", _precedes),
    ("headline", _headline_clause),
)


def attribute(scenes: list[Scene]) -> list[tuple[str, Attribution | None]]:
    """For each scene the name of the rule and the attribution; ("", None) without one."""
    found = [_first(scene) for scene in scenes]
    for index in range(len(scenes) - 2, -1, -1):  # "A" and "B", Petrov said
        later = found[index + 1][0] in ("follows", "trails")
        if found[index][1] is None and later and _same_sentence(scenes[index], scenes[index + 1]):
            found[index] = ("sentence", found[index + 1][1])
    for index in range(1, len(scenes)):
        if found[index][1] is None and found[index - 1][1] is not None:
            if _same_sentence(scenes[index - 1], scenes[index]):
                found[index] = ("sentence", found[index - 1][1])
            elif _continues(scenes[index - 1], scenes[index]):
                found[index] = ("continues", found[index - 1][1])
    return found


def _first(scene: Scene) -> tuple[str, Attribution | None]:
    for name, rule in RULES:
        attribution = rule(scene)
        if attribution is not None:
            return name, attribution
    return "", None


def _same_sentence(first: Scene, second: Scene) -> bool:
    """Whether no sentence ends between two neighbours."""
    between = first.text[first.around.after[0] : second.around.before[1]]
    joined = first.around.after[1] >= second.around.before[1] - 1 and "\n" not in between
    new_sentence = _SENTENCE_END.search(first.quoted) and between.strip()[:1].isupper()
    return joined and not new_sentence and bool(between.strip())


def _continues(first: Scene, second: Scene) -> bool:
    """Whether ``second`` is more speech of the same person: a sentence right after the attribution, or a paragraph."""
    if second.before.strip() or second.span.mark.strip() in ("—", "–", "-"):
        return False
    if not second.text[second.span.start : second.span.end].lstrip("[(…. ")[:1].isupper():
        return False
    between = first.text[first.around.after[1] : second.around.before[1]]
    heading = "\n" in between and not _SENTENCE_END.search(second.quoted)
    return not between.strip() and not heading
