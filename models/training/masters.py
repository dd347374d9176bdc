"""bf16 weights with fp32 masters, two optimisers, a running average, and checkpoints: what both trainings share.

In: a network. Out: optimiser steps and checkpoint files that a later run resumes from. A CPU with AVX512-BF16 or AMX
multiplies bf16 several times faster than fp32; the masters keep the small updates that bf16 would round away.
Never knows what is being trained.
"""

import math
import os
import signal
import time
from pathlib import Path

import torch
from torch import Tensor, nn

AVERAGE_DECAY = 0.998
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Masters:
    """Owns the optimisers, the fp32 masters and their running average for a bf16 network.

    The matrices inside the layers (their names hold a number) are moved by Muon (Jordan et al., 2024), which needs
    about half of the steps that AdamW does; embeddings, biases, norms and convolutions by AdamW.
    """

    def __init__(self, network: nn.Module, weight_decay: float = 0.01) -> None:
        self.names = [name for name, _ in network.named_parameters()]
        self.weights = list(network.parameters())
        self.masters = [weight.detach().float().clone().requires_grad_() for weight in self.weights]
        self.averages = [master.detach().clone() for master in self.masters]
        inner = [master for name, master in zip(self.names, self.masters, strict=True) if _in_layer(name, master)]
        outer = [master for name, master in zip(self.names, self.masters, strict=True) if not _in_layer(name, master)]
        self.optimisers = (
            torch.optim.Muon(inner, lr=1e-3, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(outer, lr=1e-3, betas=(0.9, 0.98), weight_decay=weight_decay, fused=True),
        )
        self.step_number = 0

    def step(self, learning_rate: float) -> float:
        """Move the weights along the gradients that `backward` left; return the gradient norm."""
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate
        for master, weight in zip(self.masters, self.weights, strict=True):
            master.grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        norm = torch.nn.utils.clip_grad_norm_(self.masters, 1.0)
        if math.isfinite(float(norm)):
            for optimiser in self.optimisers:
                optimiser.step()
        self.step_number += 1
        decay = min(AVERAGE_DECAY, self.step_number / (self.step_number + 10))
        with torch.no_grad():
            torch._foreach_copy_(self.weights, self.masters)
            torch._foreach_lerp_(self.averages, self.masters, 1 - decay)
        return float(norm)

    def save(self, path: Path) -> None:
        """Write a checkpoint in one move, so that a kill leaves the old one whole."""
        state = {
            "step": self.step_number,
            "weights": dict(zip(self.names, self.masters, strict=True)),
            "averages": dict(zip(self.names, self.averages, strict=True)),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, path)

    def resume(self, path: Path) -> None:
        """Take up a checkpoint written by `save`."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.step_number = state["step"]
        for optimiser, was in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(was)
        self.take(state["weights"], state["averages"])

    def take(self, values: dict[str, Tensor], averages: dict[str, Tensor] | None = None) -> list[str]:
        """Copy the weights whose names and shapes match; return the names that were left as they are."""
        left = []
        with torch.no_grad():
            for name, master, average in zip(self.names, self.masters, self.averages, strict=True):
                if name in values and values[name].shape == master.shape:
                    master.copy_(values[name])
                    average.copy_((averages or values)[name])
                else:
                    left.append(name)
            torch._foreach_copy_(self.weights, self.masters)
        return left


def _in_layer(name: str, weight: Tensor) -> bool:
    return weight.ndim == 2 and any(part.isdigit() for part in name.split("."))


class Schedule:
    """Warm up over steps, hold, and fall along a cosine over the last part of a time budget."""

    def __init__(self, peak: float, budget_minutes: float, falling_share: float = 0.3, used_minutes: float = 0) -> None:
        self.peak, self.falling_share, self.warm_steps = peak, falling_share, 200
        self.start, self.budget_s = time.time() - used_minutes * 60, budget_minutes * 60
        self.stopped = False
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def done_share(self) -> float:
        """How much of the budget is used: 1 and above means stop, and so does a polite kill."""
        return 1.0 if self.stopped else (time.time() - self.start) / self.budget_s

    def rate(self, step: int) -> float:
        """The learning rate now."""
        falling = max(0.0, (self.done_share() - 1 + self.falling_share) / self.falling_share)
        return (
            self.peak
            * min(1.0, (step + 1) / self.warm_steps)
            * (0.02 + 0.49 * (1 + math.cos(math.pi * min(1, falling))))
        )
