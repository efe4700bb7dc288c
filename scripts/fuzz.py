"""Fuzz one reader of tests/support/fuzzing.py, guided by coverage; ends at the first fault.

    pip install atheris                  # Linux; not among the pinned packages
    python scripts/fuzz.py redaction -max_total_time=300

What follows the name are options of libFuzzer, https://llvm.org/docs/LibFuzzer.html#options.
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # see above

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
with atheris.instrument_imports(include=["corpus", "index", "service"]):
    from tests.support.fuzzing import TARGETS, run

name = sys.argv.pop(1)
with tempfile.TemporaryDirectory() as folder:
    for number, seed in enumerate(TARGETS[name].seeds):
        Path(folder, str(number)).write_bytes(seed)
    atheris.Setup([*sys.argv, folder], lambda data: run(name, data) and None)
    atheris.Fuzz()
