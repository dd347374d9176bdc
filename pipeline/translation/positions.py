"""How long a sentence may be before the translation model itself gives up.

In: the folder of a CTranslate2 model. Out: the number of tokens that its table of position encodings has rows for.
Never loads the model. CTranslate2 tells this number only by failing on a longer sentence.

The layout of ``model.bin`` is that of ``ModelSpec._serialize`` in CTranslate2 4.8: a header, then name, shape, type
and bytes of each variable.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_TABLE = "position_encodings/encodings"  # one for both sides, or one a side
_FIRST_VERSION = 4  # earlier files hold no type of their variables


def position_count(model_folder: Path) -> int | None:
    """Rows of the smallest table of position encodings; None where there is no table, or it cannot be read.

    A model without a table computes its encodings and has no last position.
    """
    try:
        with open(model_folder / "model.bin", "rb") as file:
            rows = _rows(file)
    except (OSError, struct.error, UnicodeDecodeError):
        return None
    return min(rows, default=None)


def _rows(file: BinaryIO) -> list[int]:
    if _number(file, "I") < _FIRST_VERSION:
        return []
    _name(file)
    _number(file, "I")  # the revision of the layout
    rows = []
    for _ in range(_number(file, "I")):
        name = _name(file)
        shape = [_number(file, "I") for _ in range(_number(file, "B"))]
        _number(file, "B")  # the type
        file.seek(_number(file, "I"), 1)
        if name.endswith(_TABLE) and shape:
            rows.append(shape[0])
    return rows


def _number(file: BinaryIO, kind: str) -> int:
    kind = f"<{kind}"
    return int(struct.unpack(kind, file.read(struct.calcsize(kind)))[0])


def _name(file: BinaryIO) -> str:
    return file.read(_number(file, "H")).rstrip(b"\0").decode("utf-8")
