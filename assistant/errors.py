"""Every error Accord raises on purpose. A message says what failed, with which value, and what to do.

AccordError
├── SettingsError              a setting has a value that cannot be used
├── LibraryError
│   ├── ArticleRefused         a file or a line that cannot become an article
│   ├── ArticleMissing         no article has this id
│   └── LibraryLocked          another process owns the data folder
├── LedgerError
│   ├── DealMissing            no deal has this id
│   ├── CompanyMissing         no company of the articles has this name or id
│   ├── FilterRefused          a choice of deals that cannot be understood
│   └── DecisionRefused        a merge, a split or an undoing that changes nothing
├── SearchError
│   ├── WeightsMissing         the embedding weights are not installed, or are not the ones known
│   └── IndexBroken            an index cannot be opened and has to be rebuilt
├── ConversationError
│   ├── ConversationMissing    this person has no conversation of this id
│   ├── ConversationBusy       another question of it is still being answered
│   ├── ConversationTooNew     a newer Accord wrote it
│   ├── NameRefused            a name no conversation can have
│   └── FeedbackRefused        a word on an answer that cannot be kept
├── QuestionRefused            there is nothing to answer
├── GoldRefused                questions to be scored that cannot be used
├── PromptError                a prompt file is missing, or names a variable nobody gives
└── ModelError                 the language model did not answer; the offline writer does
    ├── ModelUnreachable       no connection, or it broke off
    ├── ModelTimeout           nothing came within the time allowed
    ├── ModelDenied            the key was refused
    ├── ModelOverQuota         too many requests, or no credit left
    ├── ModelFailed            the server reported an error of its own
    └── ModelNonsense          an answer came and cannot be read
"""

from __future__ import annotations


class AccordError(Exception):
    """The root: catch this at a door and show its text."""


class SettingsError(AccordError):
    pass


class LibraryError(AccordError):
    pass


class ArticleRefused(LibraryError):
    pass


class ArticleMissing(LibraryError):
    pass


class LibraryLocked(LibraryError):
    pass


class LedgerError(AccordError):
    pass


class DealMissing(LedgerError):
    pass


class CompanyMissing(LedgerError):
    pass


class FilterRefused(LedgerError):
    pass


class DecisionRefused(LedgerError):
    pass


class SearchError(AccordError):
    pass


class WeightsMissing(SearchError):
    pass


class IndexBroken(SearchError):
    pass


class ConversationError(AccordError):
    pass


class ConversationMissing(ConversationError):
    pass


class ConversationBusy(ConversationError):
    pass


class ConversationTooNew(ConversationError):
    pass


class NameRefused(ConversationError):
    pass


class FeedbackRefused(ConversationError):
    pass


class QuestionRefused(AccordError):
    pass


class GoldRefused(AccordError):
    pass


class PromptError(AccordError):
    pass


class ModelError(AccordError):
    pass


class ModelUnreachable(ModelError):
    pass


class ModelTimeout(ModelError):
    pass


class ModelDenied(ModelError):
    pass


class ModelOverQuota(ModelError):
    pass


class ModelFailed(ModelError):
    pass


class ModelNonsense(ModelError):
    pass
