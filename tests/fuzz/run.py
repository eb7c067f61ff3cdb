"""Fuzzes the parsers with atheris, each for some seconds: `python -m tests.fuzz.run [NAME …] --seconds 20` (`make fuzz`).

Coverage of our own code guides it; an exception, an input that takes seconds, or one that takes the memory ends it
with the input in a file, and exit code 1.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LONGEST = 8_192  # octets of an input
SLOWEST = 2  # seconds for one input of that size; linear code needs milliseconds
MEMORY = 1_500  # MB


def fuzz_one(name: str, seconds: int, folder: Path) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris  # noqa: PLC0415  an extra of its own

    with atheris.instrument_imports(include=["collector"]):
        from tests.fuzz.targets import TARGETS, WORDS  # noqa: PLC0415  instrumented while it is imported

    corpus = folder / "corpus"
    corpus.mkdir()
    for number, word in enumerate(WORDS[name]):
        (corpus / str(number)).write_bytes(word)
        (corpus / f"{number}-often").write_bytes(word * 50)
    (corpus / "all").write_bytes(b"".join(WORDS[name]))
    words = folder / "words"
    words.write_text("".join('"' + "".join(f"\\x{octet:02x}" for octet in word) + '"\n' for word in WORDS[name]))
    target = TARGETS[name]
    options = (f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY}")
    more = (f"-dict={words}", f"-artifact_prefix={folder}/failed-", "-print_final_stats=1", "-verbosity=1", "-seed=1")
    atheris.Setup([sys.argv[0], *options, *more, str(corpus)], lambda octets: target(octets) and None)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of tests/fuzz/targets.py; all where none is given")
    parser.add_argument("--seconds", type=int, default=20, help="for each target")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        fuzz_one(options.names[0], options.seconds, options.one)
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415  not before: what is imported already is not instrumented

    failed = []
    for name in options.names or TARGETS:
        folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.run",
            name,
            "--seconds",
            str(options.seconds),
            "--one",
            str(folder),
        ]
        answer = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=options.seconds + 120
        )
        runs = next((line.split()[-1] for line in answer.stderr.splitlines() if "executed_units" in line), "?")
        reached = re.findall(r" cov: (\d+) ft: (\d+) ", answer.stderr)[-1:]
        covered = "/".join(*reached) if reached else "?"  # libFuzzer's edges and features
        inputs = sorted(folder.glob("failed-*"))
        said = "ok" if not answer.returncode else f"FAILED ({answer.returncode}): {inputs}"
        print(f"{name:<22} {runs:>9} inputs {covered:>14} covered   {said}", flush=True)
        if answer.returncode:
            failed.append(name)
            print(answer.stdout[-6_000:] + answer.stderr[-1_500:])
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
