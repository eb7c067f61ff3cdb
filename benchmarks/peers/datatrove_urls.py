"""The peer of `benchmarks/lists.py`: datatrove's own URLFilter, as its wheel brings it, in an environment of its own.

Reads one URL per line on standard input; writes, per line, the reason it is dropped for, or `kept`; at the end, on
standard error, the CPU seconds of the answers alone. The only thing changed: the public-suffix list is the one inside
tldextract's wheel, because by default two hosts are asked for a newer one at first use.
"""

from __future__ import annotations

import sys
import time

from datatrove.data import Document
from datatrove.pipeline.filters.url_filter import URLFilter
from tldextract import TLDExtract


def main() -> None:
    """Answer every line."""
    peer = URLFilter()
    peer.tldextractor = TLDExtract(suffix_list_urls=(), cache_dir=None)
    peer.download_data()  # unpacks the lists inside the wheel: no network
    documents = [Document(text="", id="", metadata={"url": line.strip()}) for line in sys.stdin]
    peer.filter(documents[0])
    start = time.process_time()
    answers = [peer.filter(document) for document in documents]
    print(time.process_time() - start, file=sys.stderr)
    for answer in answers:
        print("kept" if answer is True else answer[1])


if __name__ == "__main__":
    main()
