"""What crawlers and their zygote say to each other, a packet each."""

from __future__ import annotations

import struct

NOTICE = struct.Struct("!cQi")  # what, which reader, and its process id, its exit code or the number of an error
BIRTH = b"b"  # asked for, with the reader's end of a pair of sockets beside it; told when it has come to pass
DEATH = b"d"  # likewise, and told also where nobody has asked for it
STILLBIRTH = b"s"  # told: the machine has no room for it
