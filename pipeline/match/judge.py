"""Quotes in, judgements out: the composition of everything in this folder.

In: quotes, a library, options and perhaps a scorer. Out: one ``Judgement`` a quote, in order. Never does I/O and never
raises on the content of a quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.match.align.find import Finding, Rival, find
from pipeline.match.align.passages import passages, rival_passages
from pipeline.match.details.compare import details, questions
from pipeline.match.details.context import context
from pipeline.match.details.contrast import Question, confirmed
from pipeline.match.details.difference import Difference
from pipeline.match.details.wording import cut_denial, rewordings, same_words
from pipeline.match.index.coverage import coverage
from pipeline.match.index.library import Library
from pipeline.match.options import MatchOptions, Scorer
from pipeline.match.verdict import Evidence, decide
from pipeline.match.witnesses.model import Testimony, doubtful, moved, share, testify
from pipeline.match.witnesses.rating import Rated, completed, rate
from pipeline.match.witnesses.shares import witnesses
from pipeline.match.words.language import language_of
from pipeline.match.words.tokens import tokens
from pipeline.records import Judgement, Passage, Quote, QuoteFlag, QuoteFlagKind, Verdict

LONGEST_WORDS = 400
UNSURE = 0.8
RENDERED = frozenset({QuoteFlagKind.OMISSION, QuoteFlagKind.INSERTION})  # in one language, word by word instead
BRIDGED = frozenset({"ru"})  # heard languages whose words the word lists render in English


@dataclass(frozen=True)
class Setting:
    """What is the same for all quotes of one call."""

    library: Library
    options: MatchOptions
    languages: frozenset[str]
    readable: frozenset[str]
    checked_share: float


@dataclass(frozen=True, eq=False)
class Answer:
    """A quote and where it was found, before any verdict; ``languages`` are the heard and the printed one.

    ``accounts``: the places that were weighed, the chosen one first; ``lead``: what the translation model said of it.
    """

    quote: Quote
    words: int
    known_language: bool
    languages: tuple[str, str | None]
    accounts: tuple[Rated, ...]
    rivals: Sequence[Rival]
    lead: float | None = None

    @property
    def finding(self) -> Finding | None:
        """Where the quote was found, if there is anything to find it in."""
        return self.accounts[0].finding if self.accounts else None

    @property
    def sure(self) -> float:
        """The probability that the quote was said there."""
        return self.accounts[0].sure if self.accounts else 0.0

    @property
    def same_language(self) -> bool:
        """Whether the quote is printed in the language that was heard."""
        return self.languages[0] == self.languages[1]


def judge_quotes(
    quotes: Sequence[Quote],
    library: Library,
    options: MatchOptions = MatchOptions(),  # noqa: B008
    scorer: Scorer | None = None,
) -> tuple[Judgement, ...]:
    """Judge every quote against all recordings of a library."""
    documents = library.documents
    known = coverage(documents)
    heard = frozenset(document.transcript.language for document in documents)
    translated = frozenset(document.translation.language for document in documents if document.translation)
    setting = Setting(
        library,
        options,
        heard,
        heard | translated | ({"en"} if heard & BRIDGED else set()),
        known.checked_ms / known.speech_ms if known.speech_ms else 1.0,
    )
    answers = [_answer(quote, setting) for quote in quotes]
    if scorer:
        answers = _weighed(answers, library, scorer)
    rows = [_differences(answer, setting) for answer in answers]
    if scorer:
        rows = _with_confirmed(answers, rows, options, scorer)
    return tuple(_judge(answer, setting, differences) for answer, differences in zip(answers, rows, strict=True))


def _weighed(answers: Sequence[Answer], library: Library, scorer: Scorer) -> list[Answer]:
    """The answers after the translation model has spoken of the doubtful ones in its languages."""
    asked = {
        place: (answer.accounts, answer.rivals)
        for place, answer in enumerate(answers)
        if answer.accounts and doubtful(answer.sure) and answer.languages == scorer.languages
    }
    said = dict(zip(asked, testify(scorer, library, list(asked.values())), strict=True))
    return [_moved(answer, library, said.get(place)) for place, answer in enumerate(answers)]


def _moved(answer: Answer, library: Library, said: Testimony | None) -> Answer:
    """The answer with the account that the model prefers in front, and its probability moved by what the model says."""
    if said is None:
        return answer
    chosen = answer.accounts[said.account]
    if said.account:
        chosen = completed(library, chosen, answer.rivals)
    rest = (row for place, row in enumerate(answer.accounts) if place != said.account)
    weighed = Rated(moved(chosen.sure, said), chosen.finding)
    return replace(answer, accounts=(weighed, *rest), lead=said.lead)


def _with_confirmed(
    answers: Sequence[Answer], rows: Sequence[tuple[Difference, ...]], options: MatchOptions, scorer: Scorer
) -> list[tuple[Difference, ...]]:
    """The differences of each answer with those that only the translation model could settle."""
    asked: list[tuple[int, str, Question]] = []
    for place, answer in enumerate(answers):
        if answer.finding and answer.sure >= options.found_from and answer.languages == scorer.languages:
            text = answer.quote.text
            asked += [(place, text, question) for question in questions(answer.finding, text, rows[place])]
    heard = [" ".join(line.heard_text for line in answer.finding.lines) if answer.finding else "" for answer in answers]
    settled = confirmed(scorer, [heard[row[0]] for row in asked], [row[1:] for row in asked])
    found = [list(differences) for differences in rows]
    for (place, _, question), differs in zip(asked, settled, strict=True):
        if differs:
            found[place].append(question.difference)
    return [tuple(differences) for differences in found]


def _answer(quote: Quote, setting: Setting) -> Answer:
    quoted = [token for token in tokens(quote.text) if token.text[0].isalnum()][:LONGEST_WORDS]
    language = setting.options.quote_language or language_of(quote.text)
    known = language is None or language in setting.readable or not setting.languages
    findings, rivals = find(setting.library, quoted) if quoted and setting.library.lines and known else ([], [])
    accounts = rate(findings, rivals)
    heard = _heard_language(setting.library, accounts[0]) if accounts else ""
    alike = [row for row in accounts if _heard_language(setting.library, row) == heard]
    best = [completed(setting.library, row, rivals) for row in alike[:1]]
    return Answer(quote, len(quoted), known, (heard, language), (*best, *_besides(best, alike[1:])), rivals)


def _besides(best: Sequence[Rated], others: Sequence[Rated]) -> list[Rated]:
    """The other accounts; one that lies on half of a joined quote is no rival of the whole."""
    joined = {line.number for row in best if row.finding.seam for line in row.finding.lines}
    return [row for row in others if not joined.issuperset(line.number for line in row.finding.lines)]


def _heard_language(library: Library, rated: Rated) -> str:
    return library.documents[rated.finding.lines[0].recording].transcript.language


def _judge(answer: Answer, setting: Setting, rows: tuple[Difference, ...]) -> Judgement:
    quote, finding, same = answer.quote, answer.finding, answer.same_language
    heard = bool(setting.library.lines)
    if finding is None:
        nothing = Evidence(0.0, (), False, False, answer.words, answer.known_language, heard, setting.checked_share)
        verdict, rule = decide(nothing, setting.options)
        return Judgement(quote, verdict, 0.0, rule=rule)
    word_for_word = same and same_words(finding, setting.options.style)
    evidence = Evidence(answer.sure, rows, same, word_for_word, answer.words, True, heard, setting.checked_share)
    verdict, rule = decide(evidence, setting.options)
    if verdict not in (Verdict.NOT_FOUND, Verdict.UNCHECKABLE):
        rows = (*rows, *context(setting.library, quote, finding, answer.rivals))
    said = passages(setting.library, finding, witnesses(finding, share(answer.lead)))
    near = rival_passages(setting.library, finding, answer.rivals, setting.options.alternatives)
    return _judgement(quote, (verdict, answer.sure, rule), rows, (said, near[: setting.options.alternatives]))


def _differences(answer: Answer, setting: Setting) -> tuple[Difference, ...]:
    style, same, finding = setting.options.style, answer.same_language, answer.finding
    if finding is None:
        return ()
    if same and same_words(finding, style):
        return tuple(cut_denial(finding, style))
    rows = details(setting.library, finding, answer.quote.text)
    if same:
        rows = [row for row in rows if row.kind not in RENDERED] + rewordings(finding, style)
    return tuple(rows)


def _judgement(
    quote: Quote,
    decision: tuple[Verdict, float, str],
    rows: Sequence[Difference],
    places: tuple[tuple[Passage, ...], tuple[Passage, ...]],
) -> Judgement:
    verdict, sure, rule = decision
    said, near = places
    if verdict in (Verdict.NOT_FOUND, Verdict.UNCHECKABLE):
        return Judgement(quote, verdict, sure, alternatives=(*said, *near), rule=rule)
    flags = tuple(QuoteFlag(row.kind, row.quote, row.heard) for row in rows)
    if sure < UNSURE:
        flags += (QuoteFlag(QuoteFlagKind.LOW_CONFIDENCE, quote.text[:80], said[0].heard[:80]),)
    return Judgement(quote, verdict, sure, said, flags, near, rule)
