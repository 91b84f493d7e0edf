"""Where the files that travel with the code lie: prompts and seeds.

In a clone they stand at its top; in a wheel they are packed inside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Folder `prompts` or `seeds`. Raises FileNotFoundError when the installation is incomplete."""
    for folder in (_PACKAGE / "shipped" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is missing from this installation; install Accord again")
