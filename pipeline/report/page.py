"""The report: one HTML file with everything in it.

In: a ``ReportContent``. Out: the text of the page, the same for the same content. The page opens from the disk,
loads nothing from anywhere, and runs only the script whose hash stands in its own policy.
Never reads a case, never writes a file, never says that a quote is true.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.records import ModelInfo
from pipeline.report.content import (
    CLIP_PADDING_MS,
    Clip,
    ClipRequest,
    Embed,
    Language,
    ReportContent,
    clip_key,
    clips_needed,
)
from pipeline.report.marking import DETAILS
from pipeline.report.payload import embedded, payload
from pipeline.report.view import VERDICT_SIGNS, article_views, file_name, runs, summary
from pipeline.report.wording import Wording, clock, day, isolated, megabytes, percent

__all__ = [
    "CLIP_PADDING_MS",
    "Clip",
    "ClipRequest",
    "Embed",
    "Language",
    "ReportContent",
    "clip_key",
    "clips_needed",
    "render",
]

SCRIPTS = ("page", "player", "quotes", "decisions", "letters", "transcripts", "keys")

# Control characters and lone surrogates that HTML and UTF-8 cannot carry.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def render(content: ReportContent) -> str:
    """The page as HTML text; write it as UTF-8. Everything from outside is escaped and isolated."""
    wording = Wording(content.language)
    articles = article_views(content)
    style, script = _style(), _script()
    html = (
        _environment()
        .get_template("page.html.j2")
        .render(
            content=content,
            t=wording,
            articles=articles,
            summary=summary(content),
            signs=VERDICT_SIGNS,
            details=DETAILS,
            models=_models(content),
            starter=any(model.starter for model in _models(content)),
            payload=payload(content, articles, wording),
            clips=embedded(content),
            audio_bytes=sum(len(clip.data) for clip in content.clips.values() if clip.data is not None),
            policy=_policy(style, script, content.embed),
            style=Markup(style),
            script=Markup(script),
        )
    )
    return _UNPRINTABLE.sub("\ufffd", html)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        bdi=isolated, clock=clock, day=day, file_name=file_name, megabytes=megabytes, percent=percent, runs=runs
    )
    return environment


@cache
def _style() -> str:
    return (files("pipeline.report") / "style.css").read_text(encoding="utf-8")


@cache
def _script() -> str:
    folder = files("pipeline.report") / "script"
    parts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();\n"


def _policy(style: str, script: str, embed: Embed) -> str:
    """The Content-Security-Policy: nothing but this file's own style, script, images and audio (W3C CSP 3)."""
    media = "media-src data: blob:" + (" 'self' file:" if embed == "none" else "")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{_digest(script)}'",
            f"style-src 'sha256-{_digest(style)}'",
            "img-src data:",
            media,
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


def _models(content: ReportContent) -> tuple[ModelInfo, ...]:
    """Each model once, in the order of its first use."""
    used = [document.transcript.model for document in content.documents]
    used += [document.translation.model for document in content.documents if document.translation]
    return tuple(dict.fromkeys(model for model in used if model is not None))
