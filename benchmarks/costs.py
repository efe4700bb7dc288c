"""What a process costs: time on the clock, processor time, memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_KIB = 1024
_POLL_SECONDS = 0.05


class MeasuringFailed(Exception):
    """The measured process failed; the message holds its last lines of output."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a process that has ended, with those that it started and waited for."""

    said: str
    """What it printed, both streams."""
    wall_seconds: float
    processor_seconds: float
    peak_megabytes: float
    """Most memory at once, of the process alone."""


def run(command: Sequence[str], root: Path) -> Cost:
    """Run a command with this Python and see what it costs. Raises MeasuringFailed."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - commands of this project
            [sys.executable, *command], cwd=root, stdout=output, stderr=subprocess.STDOUT
        )
        peak, ended = 0.0, 0
        while not ended:
            time.sleep(_POLL_SECONDS)
            peak = max(peak, _peak(process.pid))
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode:
        last = said.strip().splitlines()[-5:]
        raise MeasuringFailed("\n".join([f"{' '.join(command)} failed. It said last:", *last]))
    return Cost(said, time.monotonic() - started, used.ru_utime + used.ru_stime, peak)


def _peak(pid: int) -> float:
    """Read the most memory that a process has had; the system's own figure counts its parent's."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / _KIB if lines else 0.0


@dataclass(frozen=True, slots=True)
class Resident:
    """Memory of this process now."""

    own_megabytes: float
    mapped_megabytes: float
    """Of files; other processes that map the same share it."""


def resident() -> Resident:
    """Read what Linux says of this process."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    own, mapped = (int(fields[name].split()[0]) / _KIB for name in ("RssAnon", "RssFile"))
    return Resident(own, mapped)


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of something done many times."""

    median: float
    p99: float
    processor: float
    """Processor time of all threads, mean."""


def latency(calls: Sequence[Callable[[], object]]) -> Latency:
    """Time calls, one after the other."""
    walls: list[float] = []
    before = time.process_time()
    for call in calls:
        started = time.perf_counter()
        call()
        walls.append(1000 * (time.perf_counter() - started))
    processor = 1000 * (time.process_time() - before) / len(calls)
    ordered = sorted(walls)
    return Latency(ordered[len(ordered) // 2], ordered[int(0.99 * len(ordered))], processor)
