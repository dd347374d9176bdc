"""Where training reads and writes: one place for every path.

In: the environment variables VOXQUOTE_TRAINING_DATA (public data, default ../shared beside the repository)
and VOXQUOTE_TRAINING_WORK (large intermediate files, default ../training-work beside the repository).
Out: `Path` constants. Never creates or changes anything inside the repository.
"""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("VOXQUOTE_TRAINING_DATA", REPOSITORY.parent / "shared"))
WORK = Path(os.environ.get("VOXQUOTE_TRAINING_WORK", REPOSITORY.parent / "training-work"))
PARALLEL = DATA / "parallel"
OWN_TEXT = REPOSITORY / "models" / "training" / "text"
STARTER = REPOSITORY / "models" / "starter"
RECOGNISER_FOLDER = STARTER / "whisper-ru"
TRANSLATOR_FOLDER = STARTER / "translate-ru_en"

TOKENIZER, RECOGNISER_CHECKPOINT = WORK / "tokenizer.json", WORK / "recogniser.pt"
PIECES_MODEL, TRANSLATOR_CHECKPOINT = WORK / "pieces.model", WORK / "translator.pt"
RECOGNISER_SEEN, TRANSLATOR_SEEN = WORK / "recogniser-seen.bin", WORK / "translator-seen.bin"
"""Hashes of every sentence that any run has heard or read."""
