"""Where figures go: printed, and kept in results/ with date, commit and machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def record(measure: str, figures: dict[str, Any]) -> None:
    """Print the figures and write them to results/<measure>-<date>-<commit>.json."""
    commit = _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain") else "")
    now = datetime.now(UTC)
    entry = {
        "measure": measure,
        "date": now.isoformat(timespec="minutes"),
        "commit": commit,
        "machine": f"{os.cpu_count()} x {_processor()}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}",
        "figures": figures,
    }
    text = json.dumps(entry, indent=1, ensure_ascii=False)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    name = f"{measure}-{now:%Y-%m-%d}-{commit.rstrip('+')}.json"
    (RESULTS / name).write_text(text + "\n", "utf-8")


def need(path: Path, what: str) -> Path:
    """The path, or an end with a word on what is missing."""
    if not path.exists():
        sys.exit(f"{path} is missing: this benchmark needs {what}; give its path")
    return path


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown processor"
