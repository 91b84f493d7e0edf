"""What is said when something fails: one plain sentence, an HTTP status, a code.

An AccordError speaks for itself; anything else goes to the log and is not quoted. The message of an
AccordError holds no secret and no document's text (see `assistant.errors`).
"""

from __future__ import annotations

import logging
import re

from assistant.errors import AccordError, ArticleMissing

UNEXPECTED = "Something went wrong inside Accord; its log has the details. You can go on asking."

_log = logging.getLogger(__name__)


def sentence_of(error: Exception) -> str:
    """To be called where the error is caught: logs what nobody raised on purpose."""
    if isinstance(error, AccordError):
        return str(error)
    _log.error("the page met an unexpected error", exc_info=error)
    return UNEXPECTED


def status_of(error: Exception) -> int:
    if isinstance(error, ArticleMissing):
        return 404
    return 503 if isinstance(error, AccordError) else 500


def code_of(error: Exception) -> str:
    """`LibraryLocked` is `library_locked`; what nobody raised on purpose is `unexpected`."""
    if not isinstance(error, AccordError):
        return "unexpected"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()
