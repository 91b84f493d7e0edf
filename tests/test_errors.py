from __future__ import annotations

import inspect
import re

import pytest

from assistant import errors
from assistant.errors import AccordError

CLASSES = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if value.__module__ == errors.__name__
]


def _drawn() -> dict[str, str]:
    """Class and base class as the tree in the module's docstring shows them."""
    above: list[str] = []
    found: dict[str, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        drawn = re.match(r"([│├└─ ]*)([A-Z]\w+(?:\s{2,}|$))", line)
        if drawn:
            depth, name = len(drawn.group(1)) // 4, drawn.group(2).strip()
            above[depth:] = [name]
            found[name] = above[depth - 1] if depth else "Exception"
    return found


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert _drawn() == {found.__name__: found.__bases__[0].__name__ for found in CLASSES}


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_caught_by_the_root_and_shows_its_text(kind: type[AccordError]) -> None:
    with pytest.raises(AccordError, match="It failed; do this"):
        raise kind("It failed; do this.")
