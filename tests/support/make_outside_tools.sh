#!/usr/bin/env bash
# Makes the environments of the outside programs that tests/archive/test_outside_readers.py runs: pywb (replay,
# AGPL/GPL parts: never a dependency of ours) and datatrove (reads archives as a corpus builder would).
set -euo pipefail
cd "$(dirname "$0")/../.."
tools="${VENV:-.venv}-tools"
python="${PYTHON:-$(command -v python3.11 || command -v python3)}"
mkdir -p "$tools"
printf '*\n' > "$tools/.gitignore"

make_environment() { # name, then what to install
    local name="$1" place="$tools/$1" wanted
    shift
    wanted="$* $("$python" --version)"
    if [[ "$(cat "$place/.made" 2>/dev/null)" == "$wanted" ]]; then
        echo "$place is there"
        return
    fi
    rm -rf "$place"
    "$python" -m venv "$place"
    "$place/bin/python" -m pip install -qq --disable-pip-version-check "$@"
    printf '%s\n' "$wanted" > "$place/.made"
    echo "$place is made ($name)"
}

# python-magic needs the system's libmagic (Debian: libmagic1).
make_environment datatrove datatrove==0.10.1 warcio==1.8.1 faust-cchardet==3.2.0 python-magic==0.4.27 orjson==3.13.0
make_environment pywb pywb==2.10.0 cdxj-indexer==1.5.0 setuptools==65.5.0
# What recognition is timed beside (benchmarks/minimise.py).
make_environment recognition presidio-analyzer==2.2.366 scrubadub==2.0.1 datatrove==0.10.1
