"""A deal of the ledger in a few words, for rows and short sentences. Pure; English.

Says only what the record holds; every figure in it stands in a quote of the record.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer.dates import readable
from assistant.deals.ledger.histories import Deal, Price
from assistant.deals.ledger.joining import days_of
from assistant.deals.records import PACTS, Basis, Kind, Role, Stage
from assistant.domain import Quote

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_BASES = {
    Basis.PER_SHARE: " a share",
    Basis.ESTIMATE: " (estimated)",
    Basis.TOTAL: "",
    Basis.RANGE: "",
}
_PLURALS = {
    Kind.ACQUISITION: "acquisitions",
    Kind.MERGER: "mergers",
    Kind.PARTNERSHIP: "partnerships",
    Kind.JOINT_VENTURE: "joint ventures",
    Kind.INVESTMENT: "investments",
    Kind.LICENSING: "licences",
    Kind.SUPPLY: "supply contracts",
    Kind.DIVESTITURE: "divestitures",
}
_SINGULARS = {
    Kind.LICENSING: "licence",
    Kind.SUPPLY: "supply contract",
    Kind.JOINT_VENTURE: "joint venture",
}


def shown_kind(kind: Kind, count: int = 1) -> str:
    """`acquisition`, `3 joint ventures` without the figure."""
    return _SINGULARS.get(kind, str(kind)) if count == 1 else _PLURALS[kind]


def shown_price(price: Price) -> str:
    """`$5.85 billion`, `£1-2 million`, `12 million SEK a share`."""
    low = _scaled(price.amount, price.currency)
    if price.high:
        return f"{low} to {_scaled(price.high, price.currency)}"
    return f"{low}{_BASES[price.basis]}"


def _scaled(amount: float, currency: str) -> str:
    sign = SIGNS.get(currency, "")
    size, scale = next(((s, f" {word}") for s, word in _SCALES if amount >= s), (1.0, ""))
    number = f"{amount / size:,.3f}".rstrip("0").rstrip(".")
    return f"{sign}{number}{scale}{'' if sign else f' {currency}'}"


def describe_deal(deal: Deal) -> str:
    """`acquisition, announced September 2005, $5.85 billion`: kind, last stage, its date, first price."""
    stage = str(deal.stage)
    if deal.stage_date:
        stage += f" {readable(deal.stage_date)}"
    parts = [shown_kind(deal.kind), stage]
    parts += [shown_price(price) for price in deal.values[:1]]
    return ", ".join(parts)


def quotes_of(deal: Deal) -> tuple[Quote, ...]:
    """The words behind `describe_deal`: a sentence that tells of the deal, and one for each field that
    it does not tell; a quote inside another is left out.
    """
    if not deal.evidence:
        return ()
    now = [e for e in deal.history if (e.stage, e.date) == (deal.stage, deal.stage_date)]
    fields = [price.quotes for price in deal.values[:1]]
    fields += [event.date_quotes or event.quotes for event in now[:1]]
    fields += [(stake.quote,) for stake in deal.stakes[:1]]
    fields += [(quote,) for quote in _names_of(deal, deal.evidence[0])]
    quotes = [deal.evidence[0], *(_plainest(said, deal.evidence) for said in fields)]
    return tuple(q for i, q in enumerate(quotes) if not any(_inside(q, o) for o in quotes[:i]))


def _plainest(said: Sequence[Quote], evidence: Sequence[Quote]) -> Quote:
    """Of the quotes of a field the one told with the deal, as the whole sentence: "$5 million" alone
    shows a reader little.
    """
    return next((told for told in evidence for quote in said if _inside(quote, told)), said[0])


def _names_of(deal: Deal, evidence: Quote) -> list[Quote]:
    """Where the article of the evidence names the parties: the evidence may say "it"."""
    told = next(t for t in deal.tellings if evidence in t.mention.core.evidence)
    return [party.quote for party in told.mention.parties]


def _inside(quote: Quote, other: Quote) -> bool:
    same = quote.article_id == other.article_id
    return same and other.span.start <= quote.span.start and quote.span.end <= other.span.end


def describe_standing(deal: Deal) -> str:
    """`completed (1 January 2006); before: announced (30 June 2005)`, the last stage first.

    A stage that an article reports later than the last one was reached is left out.
    """
    now = days_of(deal.stage_date)
    past = [
        event
        for event in deal.history
        if event.stage is not deal.stage
        and not (now and (then := days_of(event.date)) and then.first > now.last)
    ]
    shown = _at(deal.stage, deal.stage_date)
    if past:
        shown += "; before: " + ", ".join(_at(event.stage, event.date) for event in past)
    return shown


def _at(stage: Stage, date: str | None) -> str:
    return f"{stage} ({readable(date)})" if date else str(stage)


def join_names(names: Sequence[str]) -> str:
    """`A, B and C`, each once."""
    once = list(dict.fromkeys(names))
    return " and ".join([", ".join(once[:-1]), once[-1]] if len(once) > 1 else once)


_STAGES = {
    Stage.RUMOURED: "has been rumoured",
    Stage.PROPOSED: "has been proposed",
    Stage.ANNOUNCED: "has been announced",
    Stage.COMPLETED: "has been completed",
    Stage.REJECTED: "was rejected",
    Stage.WITHDRAWN: "was withdrawn",
    Stage.TERMINATED: "was ended",
}
GIVERS = (Role.ACQUIRER, Role.INVESTOR, Role.LICENSOR, Role.SUPPLIER)
TAKERS = (Role.TARGET, Role.INVESTEE, Role.LICENSEE, Role.CUSTOMER)
"""Who acts in a deal, and what or whom the deal is done to."""


def tell_standing(deal: Deal) -> str:
    """`Velmora's acquisition of Tarnbeck was withdrawn (9 July 2005)`, without a full stop."""
    told = _STAGES[deal.stage]
    if deal.stage is Stage.COMPLETED and deal.kind in PACTS:
        told = "is in force"
    when = f" ({readable(deal.stage_date)})" if deal.stage_date else ""
    return f"{name_deal(deal)} {told}{when}"


def name_deal(deal: Deal) -> str:
    """`Velmora's acquisition of Tarnbeck`, `the partnership of Orva and Belst`."""
    givers = [p.name for p in deal.named(*GIVERS)]
    takers = [p.name for p in deal.named(*TAKERS)]
    sellers = [p.name for p in deal.named(Role.SELLER)]
    what = shown_kind(deal.kind)
    if not givers or not (takers or sellers):
        return f"the {what} of {join_names([p.name for p in deal.parties])}"
    small = {Kind.INVESTMENT: "in", Kind.LICENSING: "to", Kind.SUPPLY: "for"}.get(deal.kind, "of")
    told = f"{join_names(givers)}'s {what}"
    told += f" {small} {join_names(takers)}" if takers else ""
    if deal.stakes and deal.stakes[0].percent:
        told += f" ({deal.stakes[0].percent:g}%)"
    return told + (f" from {join_names(sellers)}" if sellers else "")
