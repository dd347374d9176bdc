"""What the script of the page reads: transcripts, quotes and clips as JSON.

In: the content and the views of a report. Out: one JSON text that is safe inside a ``<script>`` element, and the
audio of each clip as base64. Never writes markup around hostile text.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from pipeline.records import Document, Passage
from pipeline.report.content import Clip, ReportContent
from pipeline.report.view import ArticleView, Card, PassageView, file_name
from pipeline.report.wording import Wording, day, percent

# Inside a script element only "<" can end it; the rest keeps the text inert wherever it is pasted.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def payload(content: ReportContent, articles: Iterable[ArticleView], wording: Wording) -> Markup:
    """The data of the page as JSON text without ``<``, ``>``, ``&`` or line separators."""
    data = {
        "language": content.language,
        "version": content.version,
        "created_at": content.created_at,
        "texts": wording.raw("script"),
        "audio_flags": wording.raw("audio_flag"),
        "articles": [_article(article, wording) for article in articles],
        "recordings": [_recording(document) for document in content.documents],
        "clips": [_clip(key, clip) for key, clip in content.clips.items()],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_ESCAPES))


def embedded(content: ReportContent) -> list[tuple[int, str]]:
    """The number of each clip that has bytes, with its bytes as base64."""
    return [
        (number, b64encode(clip.data).decode("ascii"))
        for number, clip in enumerate(content.clips.values())
        if clip.data is not None
    ]


def local_url(url: str | None) -> str | None:
    """A relative path or a file address on this machine; None for anything that would reach elsewhere."""
    if not url or url != url.strip() or "\\" in url or any(ord(sign) < 0x20 for sign in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.netloc or parts.scheme not in ("", "file") or url.startswith("//"):
        return None
    return url


def _clip(key: str, clip: Clip) -> dict[str, Any]:
    return {
        "recording": key.rpartition(":")[0],
        "start_ms": clip.start_ms,
        "end_ms": clip.end_ms,
        "mime": clip.mime,
        "url": None if clip.data is not None else local_url(clip.url),
    }


def _article(article: ArticleView, wording: Wording) -> dict[str, Any]:
    source = article.check.article
    return {
        "id": source.id,
        "title": source.title,
        "file": file_name(source.path),
        "sha256": source.sha256,
        "quotes": [_quote(card, wording) for card in article.cards],
    }


def _quote(card: Card, wording: Wording) -> dict[str, Any]:
    quote, verdict = card.judgement.quote, card.judgement.verdict
    return {
        "dom": card.dom,
        "id": quote.id,
        "text": quote.text,
        "speaker": quote.speaker,
        "verdict": verdict.value,
        "verdict_text": wording.raw(f"verdict.{verdict.value}.title"),
        "flags": [
            {"kind": flag.kind.value, "printed": flag.quote, "heard": flag.heard} for flag in card.judgement.flags
        ],
        "passages": [_passage(view.passage, view) for view in card.shown],
    }


def _passage(passage: Passage, view: PassageView) -> dict[str, Any]:
    recording = view.recording
    return {
        "recording": passage.recording_id,
        "file": view.name,
        "sender": recording.sender if recording else None,
        "sent_at": recording.sent_at if recording else None,
        "sent": day(recording.sent_at) if recording and recording.sent_at else None,
        "timing": passage.timing.value,
        "start_ms": passage.start_ms,
        "end_ms": passage.end_ms,
        "heard": passage.heard,
        "translation": passage.translation,
    }


def _recording(document: Document) -> dict[str, Any]:
    recording, transcript, translation = document.recording, document.transcript, document.translation
    words = transcript.words
    return {
        "id": recording.id,
        "name": file_name(recording.path),
        "sender": recording.sender,
        "sent": day(recording.sent_at) if recording.sent_at else None,
        "origin": dict(recording.origin) if recording.origin else None,
        "duration_ms": recording.duration_ms,
        "language": transcript.language,
        "words": [word.text for word in words],
        "starts_ms": [word.start_ms for word in words],
        "ends_ms": [word.end_ms for word in words],
        "percents": [percent(word.probability) for word in words],
        "sentences": [[sentence.start_word, sentence.end_word] for sentence in transcript.sentences],
        "translations": [sentence.text for sentence in translation.sentences] if translation else [],
        "flags": [[flag.kind.value, flag.start_ms, flag.end_ms, flag.detail or ""] for flag in transcript.flags],
    }
