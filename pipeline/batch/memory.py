"""The C library keeps the memory that the engines give back.

In: nothing. Out: nothing. CTranslate2 takes and gives back tens of megabytes for each layer of each window. glibc hands
blocks of that size back to the kernel, which has to clear new ones for the next layer: near half of the encoder's time
went into that. Does nothing where the C library is another one.
"""

from __future__ import annotations

import ctypes
import platform
from functools import cache

# The numbers of mallopt(3), from malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_MOST = 2**31 - 1


@cache
def keep_memory() -> None:
    """From here on, large blocks come from one heap that does not shrink; to be called before an engine is loaded."""
    if platform.libc_ver()[0] != "glibc":
        return
    set_option = ctypes.CDLL(None).mallopt
    for option, value in ((_MMAP_MAX, 0), (_ARENA_MAX, 1), (_TRIM_THRESHOLD, _MOST), (_TOP_PAD, 64 << 20)):
        set_option(option, value)
