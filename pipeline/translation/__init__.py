"""Sentences become sentences in another language, with scores and word links.

In: the sentences of transcripts, a folder with an Argos package. Out: one ``TranslatedSentence`` a sentence, in the
same order; flags for sentences whose translation cannot be relied on. Never downloads, never logs text.
"""

from pipeline.translation.package import TranslationPackage, load_package
from pipeline.translation.problems import find_problem, untranslated_flags
from pipeline.translation.translate import TranslationOptions, Translator

__all__ = [
    "TranslationOptions",
    "TranslationPackage",
    "Translator",
    "find_problem",
    "load_package",
    "untranslated_flags",
]
