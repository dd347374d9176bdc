"""From text to shipped models, step by step: what `make starter-models` runs.

In: public data and our own text (see README.md). Out: `models/starter/`. Every step can be stopped and taken up again:
what is already in the work folder is kept, trainings go on from their checkpoints. Never downloads anything.

Run: python -m models.training.build [--translator-minutes 240] [--recogniser-minutes 240] [--go-on] [--from STEP]
A trial of every step: --translator-minutes 1 --shards 1 --recogniser-minutes 1 --most 30
"""

import argparse
import subprocess
import sys

from models.training import places

STEPS = (
    "pairs",
    "translator_train",
    "translator_export",
    "speech_corpus",
    "recogniser_train",
    "recogniser_export",
    "cards",
)


def arguments(step: str, options: argparse.Namespace) -> list[str]:
    """The command line of one step."""
    going_on = ["--go-on"] if options.go_on else []
    extra = {
        "translator_train": ["--minutes", options.translator_minutes, *going_on],
        "speech_corpus": ["--shards", options.shards],
        "recogniser_train": ["--minutes", options.recogniser_minutes, *going_on],
        "cards": ["--most", options.most],
    }
    return [sys.executable, "-m", f"models.training.{step}", *map(str, extra.get(step, []))]


def main() -> None:
    """Run the steps in order; the first that fails stops the rest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--translator-minutes", type=float, default=240)
    parser.add_argument("--recogniser-minutes", type=float, default=240)
    parser.add_argument("--shards", type=int, default=30, help="of speech, each of 1.4 hours")
    parser.add_argument("--most", type=int, default=1000, help="clips and half of the pairs to measure with")
    parser.add_argument("--go-on", action="store_true", help="train on from the weights that ship, not from nothing")
    parser.add_argument("--from", dest="first", choices=STEPS, default=STEPS[0])
    options = parser.parse_args()
    for step in STEPS[STEPS.index(options.first) :]:
        print(f"== {step}", flush=True)
        subprocess.run(arguments(step, options), cwd=places.REPOSITORY, check=True)


if __name__ == "__main__":
    main()
