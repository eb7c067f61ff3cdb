"""The collector: a web crawler for text corpora that can prove it was allowed to."""

__version__ = "0.1.0"
