"""Who acts where nobody says so: the same name in every act of the account, whichever command it comes from."""

from __future__ import annotations

import getpass
import os


def who_acts(named: str = "") -> str:
    """`named`, else the user of this machine; `uid 1001` where that has no name, as in many containers."""
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # by Python 3.12, from 3.13 on
        return f"uid {os.getuid()}"
