"""The weights of a shipped model as a place to train on from: a session without the last one's checkpoint loses little.

In: a `model.bin` of CTranslate2 (int8 or float32), and the function that lays weights out for export. Out: the weights
under their training names. int8 keeps about 1 % of each number, which a few hundred steps of training mend. The layout
is found by exporting numbers that say where they came from, so that it is written down once, in the export.
"""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Weights = dict[str, npt.NDArray[np.float32]]
_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
_FIRST = 16  # below it lie numbers that are no places: position encodings, biases that are zero


def read_model(path: Path) -> Weights:
    """Every variable of a CTranslate2 model as float32, int8 matrices multiplied out by their row scales."""
    with open(path, "rb") as file:
        _take(file, "I")
        _text(file)
        _take(file, "I")
        found = dict(_variable(file) for _ in range(_take(file, "I")))
    whole = {}
    for name, value in found.items():
        if not name.endswith("_scale"):
            scale = found.get(f"{name}_scale")
            rows = 1.0 if scale is None else scale.reshape(-1, *[1] * (value.ndim - 1))
            whole[name] = (value / rows).astype(np.float32)
    return whole


def _take(file: BinaryIO, kind: str) -> int:
    return int(struct.unpack(kind, file.read(struct.calcsize(kind)))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_take(file, "H"))[:-1].decode()


def _variable(file: BinaryIO) -> tuple[str, npt.NDArray[np.generic]]:
    name = _text(file)
    shape = [_take(file, "I") for _ in range(_take(file, "B"))]
    kind = _TYPES[_take(file, "B")]
    return name, np.frombuffer(file.read(_take(file, "I")), kind).reshape(shape)


def training_weights(path: Path, lay_out: Callable[[Weights], object], shapes: dict[str, tuple[int, ...]]) -> Weights:
    """The weights of the model at `path` under those names of `shapes` that are shipped (the CTC branch is not).

    `lay_out` makes the export's specification of weights.
    """
    place, places = _FIRST, {}
    for name, shape in shapes.items():
        places[name] = np.arange(place, place + int(np.prod(shape)), dtype=np.float32).reshape(shape)
        place += places[name].size
    if place >= 2**24:
        raise ValueError(f"{place} weights: float32 cannot number them")
    values, model = np.zeros(place, np.float32), read_model(path)
    for name, numbered in lay_out(places).variables(ordered=True):  # type: ignore[attr-defined]
        if name in model and not isinstance(numbered, str):
            where = np.asarray(numbered.numpy() if hasattr(numbered, "numpy") else numbered)
            if where.shape == model[name].shape:
                values[where.astype(np.int64).clip(0)] = model[name]
    found = {name: values[numbers.astype(np.int64)] for name, numbers in places.items()}
    return {name: value for name, value in found.items() if value.any()}
