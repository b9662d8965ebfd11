#!/bin/sh
# Many, silent, rude and vanishing clients, and sessions that change the same rows at once, against the real program. IRISPG names the program, else target/debug/irispg.
set -eu

cd "$(dirname "$0")"
python=../../.venv/bin/python
[ -x "$python" ] || { echo "tests/robustness: run scripts/setup first" >&2; exit 2; }
exec "$python" -m unittest -v robustness endurance plans
