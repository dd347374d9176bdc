"""A judgement in plain text: what was decided, by which rule, on which evidence.

In: a judgement and its library. Out: text. Never judges again.
"""

from __future__ import annotations

from pipeline.match import verdict as rules
from pipeline.match.index.library import Library
from pipeline.records import Judgement, Passage


def explain(judgement: Judgement, library: Library) -> str:
    """The alignment, the witnesses, the details and the rule that decided."""
    quote = judgement.quote
    reason = getattr(rules, judgement.rule, None)
    lines = [
        f"{quote.id}  “{quote.text}”",
        f"verdict     {judgement.verdict.value}, confidence {judgement.confidence:.2f}",
        f"rule        {judgement.rule}: {(reason.__doc__ or '').strip() if reason else ''}",
    ]
    for passage in judgement.passages:
        lines += _passage(quote.text, passage)
    lines += [
        f"detail      {flag.kind.value}: printed “{flag.quote}”, heard “{flag.heard}”" for flag in judgement.flags
    ]
    for passage in judgement.alternatives:
        where = f"{passage.recording_id} {_clock(passage.start_ms)}"
        lines.append(f"also near   {where} ({passage.similarity:.2f}) “{passage.heard}”")
    return "\n".join(lines)


def _passage(quote: str, passage: Passage) -> list[str]:
    lines = [
        f"passage     {passage.recording_id} {_clock(passage.start_ms)}–{_clock(passage.end_ms)}",
        f"  heard       “{passage.heard}”",
        f"  translation “{passage.translation}”",
    ]
    lines += [
        f"  witness     {name}: {'silent' if value is None else f'{value:.2f}'}"
        for name, value in passage.witnesses.items()
    ]
    printed, other = quote.split(), (passage.translation or passage.heard).split()
    for left, right in passage.word_links:
        if left < len(printed) and right < len(other):
            lines.append(f"  {printed[left]:>20} — {other[right]}")
    return lines


def _clock(ms: int) -> str:
    return f"{ms // 60000:02d}:{ms // 1000 % 60:02d}.{ms % 1000 // 100}"
