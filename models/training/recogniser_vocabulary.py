"""The recogniser's vocabulary: byte-level BPE pieces, then Whisper's special tokens in Whisper's order.

In: training texts. Out: `tokenizer.json` as faster-whisper reads it. The order of the special tokens is part of the
format: CTranslate2 computes the number of languages from their distances. Never holds more pieces than PIECES.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PIECES = 1500
_LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt "
    "la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc "
    "ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su "
)
CODES = _LANGUAGES.split()
SPECIAL = (
    ["<|endoftext|>", "<|startoftranscript|>"] + [f"<|{code}|>" for code in CODES]
    + [f"<|{name}|>" for name in ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")]
    + [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
)  # fmt: skip


def build(texts: list[str], path: Path) -> Tokenizer:
    """Learn the pieces, append the special tokens, write the file."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=PIECES, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator((" " + text for text in texts), trainer)
    whole = json.loads(tokenizer.to_str())
    first = len(whole["model"]["vocab"])
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    whole["added_tokens"] = [{"id": first + number, "content": token, **flags} for number, token in enumerate(SPECIAL)]
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return Tokenizer.from_file(str(path))


def vocabulary(tokenizer_path: Path) -> list[str]:
    """Every token in order of its number; one byte that UTF-8 text never uses becomes the empty token.

    CTranslate2 takes a Whisper model for multilingual when its vocabulary holds the empty string.
    """
    whole = json.loads(tokenizer_path.read_text(encoding="utf-8"))
    tokens = sorted(whole["model"]["vocab"], key=whole["model"]["vocab"].__getitem__)
    tokens[tokens.index("Ā")] = ""
    return tokens + SPECIAL
