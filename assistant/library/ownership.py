"""One process at a time owns a data folder: its indexes and its ledger have one writer."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import LibraryLocked, SettingsError


def own_folder(data: Path) -> FileLock:
    """The lock of a data folder, which is made where there is none; released by its `release`.

    Raises LibraryLocked when another process has it, SettingsError when the folder cannot be used.
    """
    lock = FileLock(data / "owner.lock", timeout=0)
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise LibraryLocked(
            f"another Accord is using {data}; stop it, ask it through its web page, "
            "or set ACCORD_DATA to another folder"
        ) from None
    except OSError as error:
        raise SettingsError(
            f"the data folder {data} cannot be used: {error.strerror}; set ACCORD_DATA to another"
        ) from None
    return lock
