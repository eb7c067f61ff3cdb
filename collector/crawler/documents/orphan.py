"""A child process that does not outlive its parent, whatever killed the parent (prctl(2), PR_SET_PDEATHSIG)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent: int, code: int) -> None:
    """Ask the kernel to kill this process when process `parent` ends; where it has ended already, exit with `code`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(code)
