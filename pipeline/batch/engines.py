"""Settings become engines: which model files to use, and how.

In: settings. Out: engine descriptions small enough to be sent to another process. Never loads a model.
"""

from __future__ import annotations

from pathlib import Path

from pipeline import weights
from pipeline.batch.transcribing import SpeechEngine
from pipeline.batch.translating import TranslationEngine
from pipeline.errors import SettingsError
from pipeline.records import ModelInfo
from pipeline.settings import Settings
from pipeline.speech.recognise import LANGUAGE_HINT, RecogniserOptions
from pipeline.translation.package import load_package

STARTER_WARNING = "{name} is a starter model: it knows synthetic voices only; for real recordings see models/README.md"


def speech_engine(settings: Settings) -> SpeechEngine:
    """The recogniser that the settings name.

    Raises WeightsError when it is not there, SettingsError when it does not know the language.
    """
    found = weights.find(settings.asr, "asr")
    if settings.language and not _knows(found.path, settings.language):
        raise SettingsError(f"{found.name} does not know the language {settings.language!r}.", LANGUAGE_HINT)
    options = RecogniserOptions(
        device=settings.device,
        compute_type=settings.compute_type,
        threads=settings.threads,
        beam_size=settings.beam_size,
        short_windows=settings.fast,
        condition_on_previous_text=not found.starter,  # starter models never saw text from before
    )
    return SpeechEngine(
        found.path.absolute(), ModelInfo(found.name, found.sha256, found.starter), options, settings.language
    )


def translation_engine(settings: Settings) -> TranslationEngine:
    """The translator that the settings name; raises WeightsError when it is not there."""
    found = weights.find(settings.mt, "mt")
    return TranslationEngine(
        found.path,
        ModelInfo(found.name, found.sha256, found.starter),
        load_package(found.path).source_language,
        settings.device,
        settings.compute_type,
        settings.threads,
    )


def starter_notes(*models: ModelInfo) -> tuple[str, ...]:
    """One line for each starter model in use."""
    return tuple(STARTER_WARNING.format(name=model.name) for model in models if model.starter)


def _knows(folder: Path, language: str) -> bool:
    """Whether a recogniser has a token for a language; told before a case is begun, and without loading the model."""
    vocabularies = [path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("vocabulary.*")]
    return not vocabularies or any(f"<|{language}|>" in text for text in vocabularies)  # loading tells of a missing one
