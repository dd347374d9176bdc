"""voxquote: a voice note in, a checked article out.

    sources ──► speech ──► translation ──► match ◄── press
                   └────────────┴──────► case ◄────────┘
                                          │
                                    report, exports

``batch`` composes the stages; ``cli`` is the only part that prints. The stages do not know each other: they
exchange the frozen records of ``pipeline.records``. This module imports nothing heavy.
"""

import os

# numpy's products are small here: a second thread does nothing but spin, on a core that the engines want.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = ["__version__"]

__version__ = "0.1.0"
