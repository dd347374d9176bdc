"""The layers that both networks are made of, written into a CTranslate2 specification.

In: weights under their training names. Out: nothing; the parts of the specification are filled. Never names a network.
"""

import numpy as np

from models.training.shipped import Weights


def write_norm(spec: object, weights: Weights, name: str) -> None:
    """Fill a LayerNorm from the layer ``name``."""
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]  # type: ignore[attr-defined]


def write_linear(spec: object, weights: Weights, *names: str) -> None:
    """Fill a linear layer from the layers ``names``, joined along their outputs."""
    spec.weight = np.concatenate([weights[f"{name}.weight"] for name in names])  # type: ignore[attr-defined]
    spec.bias = np.concatenate([weights[f"{name}.bias"] for name in names])  # type: ignore[attr-defined]
