"""The form in which a language model states deals, and the strict reading of its answer.

A part that does not fit the form is dropped and noted, the rest stays; an answer that is no such
object at all is refused. Whether anything stated is true is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, WrapValidator

from assistant.deals.records import Basis, Kind, Milestone, Role, Stage, Voice
from assistant.errors import ModelNonsense

MAX_DEALS = 40
"""More in one piece of an article are not read: a model in a loop repeats itself without end."""

_TRIES = 64
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something the model stated that was not kept. `what` is a field's name, `said` its value."""

    what: str
    said: str
    why: str


_Item = TypeVar("_Item")


def dropped(what: str, said: object, why: str) -> Dropped:
    """A note with what was said cut short."""
    return Dropped(what, str(said)[:_SHOWN], why)


def _note(info: ValidationInfo, said: object, error: ValidationError) -> None:
    """Notes come out through the validation's context, which parse_deals gives."""
    if isinstance(info.context, list):
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        name = ".".join(part for part in (info.field_name or "deal", where) if part)
        info.context.append(dropped(name, said, f"not in the form: {first['msg']}"))


def _each_alone(
    value: object, validate: Callable[[object], list[_Item]], info: ValidationInfo
) -> list[_Item]:
    """The items of a list that fit, so that one bad item does not cost the others."""
    kept: list[_Item] = []
    items = value if isinstance(value, list) else [] if value is None else [value]
    for item in items[:MAX_DEALS]:
        try:
            kept += validate([item])
        except ValidationError as error:
            _note(info, item, error)
    return kept


def _or_none(
    value: object, validate: Callable[[object], _Item], info: ValidationInfo
) -> _Item | None:
    try:
        return validate(value)
    except ValidationError as error:
        _note(info, value, error)
        return None


_EACH = WrapValidator(_each_alone)
_OPTIONAL = WrapValidator(_or_none)
_Words = Annotated[str, Field(max_length=2000)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class _Stated(BaseModel):
    """Strict servers want every key and no other; from those that state less, less is taken."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        json_schema_extra={"additionalProperties": False},
        json_schema_serialization_defaults_required=True,
    )


class StatedParty(_Stated):
    name: _Words
    role: Role


class StatedMoney(_Stated):
    amount: _Number
    high: _Number | None = None
    currency: _Words
    basis: Basis = Basis.TOTAL
    quote: _Words


class StatedDate(_Stated):
    milestone: Milestone
    date: _Words
    quote: _Words


class StatedStake(_Stated):
    percent: _Number | None = None
    quote: _Words


class StatedReason(_Stated):
    voice: Voice
    who: Annotated[_Words | None, _OPTIONAL] = None
    quote: _Words


class StatedDeal(_Stated):
    """One deal as the model states it; quotes are its words, not yet located.

    The order is the order of writing: the proof before what is concluded from it.
    """

    evidence: Annotated[list[_Words], _EACH]
    kind: Kind
    main: bool = False
    parties: Annotated[list[StatedParty], _EACH]
    status: Stage
    status_quote: _Words = ""
    values: Annotated[list[StatedMoney], _EACH] = Field(default_factory=list)
    dates: Annotated[list[StatedDate], _EACH] = Field(default_factory=list)
    stake: Annotated[StatedStake | None, _OPTIONAL] = None
    subject: Annotated[_Words | None, _OPTIONAL] = None
    reasons: Annotated[list[StatedReason], _EACH] = Field(default_factory=list)


class StatedDeals(_Stated):
    deals: Annotated[list[StatedDeal], _EACH]


def response_format() -> dict[str, Any]:
    """What the protocol calls `response_format`: the form as a JSON schema, to be kept strictly."""
    schema = _plain(StatedDeals.model_json_schema(mode="serialization"))
    return {
        "type": "json_schema",
        "json_schema": {"name": "deals", "strict": True, "schema": schema},
    }


def _plain(schema: Any) -> Any:
    """Without titles, defaults, lengths and our docstrings: strict servers refuse some of them."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    idle = {"default", "maxLength", "description"}
    return {
        key: _plain(part)
        for key, part in schema.items()
        if key not in idle and not (key == "title" and isinstance(part, str))
    }


def parse_deals(
    text: str, model: str = "the language model"
) -> tuple[list[StatedDeal], list[Dropped]]:
    """The deals in an answer, and what of them was not in the form.

    The answer is one object with a list `deals`; a code fence or thoughts before it are passed
    over. Raises ModelNonsense when there is no such object, as when it was cut short.
    """
    notes: list[Dropped] = []
    found = _object_with_deals(text)
    if found is None:
        raise ModelNonsense(f"{model} did not answer with the JSON object asked for.")
    stated = StatedDeals.model_validate(found, context=notes)
    return stated.deals, notes


def _object_with_deals(text: str) -> dict[str, Any] | None:
    decoder = json.JSONDecoder(strict=False)
    text = text.rpartition("</think>")[2]
    for tried, brace in enumerate(re.finditer(r"\{", text)):
        if tried == _TRIES:
            return None
        try:
            found, _ = decoder.raw_decode(text, brace.start())
        except (ValueError, RecursionError):  # ValueError also for a number of 5,000 digits
            continue
        if isinstance(found, dict) and isinstance(found.get("deals"), list):
            return found
    return None
