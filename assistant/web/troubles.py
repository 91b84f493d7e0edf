"""What is said when something fails: one plain sentence, an HTTP status, a code.

An AccordError speaks for itself; anything else goes to the log and is not quoted. The message of an
AccordError holds no secret and no document's text (see `assistant.errors`).
"""

from __future__ import annotations

import logging
import re

from assistant.errors import AccordError, ArticleMissing, ConversationMissing
from assistant.web.texts import Texts, choose_texts

_log = logging.getLogger(__name__)


def told(error: Exception, texts: Texts) -> str:
    """To be called where the error is caught: logs what nobody raised on purpose."""
    if isinstance(error, AccordError):
        return str(error)
    _log.error("the page met an unexpected error", exc_info=error)
    return texts("trouble.unexpected")


def sentence_of(error: Exception) -> str:
    """The same in English, for whoever has no reader's language."""
    return told(error, choose_texts())


def status_of(error: Exception) -> int:
    if isinstance(error, ArticleMissing | ConversationMissing):
        return 404
    return 503 if isinstance(error, AccordError) else 500


def code_of(error: Exception) -> str:
    """`LibraryLocked` is `library_locked`; what nobody raised on purpose is `unexpected`."""
    if not isinstance(error, AccordError):
        return "unexpected"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()
