"""Details apart from wording: what a quote prints and what was heard instead.

In: a ``Finding``. Out: ``Difference`` rows. Never decides a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.align.find import Finding
from pipeline.match.details import negation, opposites
from pipeline.match.details.contrast import Question
from pipeline.match.details.cuts import omissions
from pipeline.match.details.difference import Difference
from pipeline.match.details.insertions import insertions
from pipeline.match.details.moves import moves
from pipeline.match.details.names import other_names
from pipeline.match.details.numbers import other_dates, other_numbers
from pipeline.match.details.quantities import quantities
from pipeline.match.details.scope import scope_of
from pipeline.match.index.library import Library


def details(library: Library, finding: Finding, text: str) -> list[Difference]:
    """All differences of a quote from what was heard."""
    scope = scope_of(finding)
    return [
        *other_numbers(finding, text),
        *(dates := other_dates(finding)),
        *(row for row in other_names(finding, text) if row.quote not in {date.quote for date in dates}),
        *negation.negations(finding, scope, text),
        *opposites.opposites(scope, text),
        *quantities(scope),
        *omissions(finding, text),
        *insertions(finding),
        *moves(library, finding),
    ]


def questions(finding: Finding, text: str, known: Sequence[Difference]) -> list[Question]:
    """What the words leave open and a translation model may settle; nothing of a kind that is known to differ."""
    scope = scope_of(finding)
    asked = [question for question in (negation.question(finding, text),) if question]
    settled = {difference.kind for difference in known if difference.changes}
    return [q for q in (*asked, *opposites.questions(finding, scope, text)) if q.difference.kind not in settled]
