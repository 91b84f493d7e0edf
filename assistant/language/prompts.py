"""Reads the prompts and fences what is put into them.

A prompt is one file in `prompts/`: first lines that start with `#`, for people and never sent, then
the text with its `$variables`. Knows nothing of models, nor of what any prompt says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from string import Template

from assistant.errors import PromptError
from assistant.resources import shipped

_MARK_CHARS = 8


def load_prompt(name: str, variables: Mapping[str, str]) -> str:
    """The text of `prompts/<name>.txt` with exactly these variables put in.

    A `$name` inside a value stays as it is. Raises PromptError on a missing or unusable file, a
    variable nobody gives, and one the file does not name.
    """
    template = Template(_without_header(_read(name)))
    if not template.is_valid():
        raise PromptError(f"prompts/{name}.txt: a lone $ stands in it; write it as $$")
    wanted = set(template.get_identifiers())
    if missing := sorted(wanted - set(variables)):
        raise PromptError(f"prompts/{name}.txt: no value is given for ${', $'.join(missing)}")
    if unknown := sorted(set(variables) - wanted):
        raise PromptError(f"prompts/{name}.txt: it does not name ${', $'.join(unknown)}")
    return template.substitute(variables)


def _read(name: str) -> str:
    if not name.isidentifier():
        raise PromptError(f"{name!r}: a prompt is called by a plain name, without folder or ending")
    try:
        return (shipped("prompts") / f"{name}.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise PromptError(
            f"prompts/{name}.txt: cannot be read ({reason}); install Accord again"
        ) from None


def _without_header(text: str) -> str:
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join(lines[first:]).strip()


def fence_mark(texts: Iterable[str]) -> str:
    """A short mark that stands in none of the texts; the same texts always give the same mark.

    It is a hash of all of them, so whoever writes an article cannot foresee it, and nothing in the
    texts has to be altered: quotes from them stay verbatim.
    """
    joined = "\x00".join(texts)
    for attempt in range(1 << 16):
        digest = hashlib.sha256(f"{attempt}\x00{joined}".encode(errors="replace")).hexdigest()
        if digest[:_MARK_CHARS] not in joined:
            return digest[:_MARK_CHARS]
    raise PromptError("no fence can be found for these texts; ask with fewer of them")


def fenced(label: str, text: str, mark: str) -> str:
    """The text between an opening and a closing line that carry the mark.

    Raises PromptError when the text or the label holds the mark and could close the fence itself.
    """
    if mark in text or mark in label:
        raise PromptError(f"the fence of {label!r} stands in its own text; take another mark")
    return f"[{mark} {label} begins]\n{text}\n[{mark} {label} ends]"
