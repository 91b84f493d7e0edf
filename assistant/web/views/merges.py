"""Which companies are one: those that may be, those that rules joined, and what was decided. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from assistant.deals.ledger.candidates import Candidate, Portrait
from assistant.deals.ledger.companies import Act, Decision, Join, Why
from assistant.deals.ledger.register import Company
from assistant.domain import Citation
from assistant.web.texts import Texts
from assistant.web.views.frame import LIBRARY, article_html, pages_html
from assistant.web.views.library import MERGES, PAGE, note_html
from assistant.web.views.words import (
    Html,
    attribute,
    counted,
    date_words,
    held_safe,
    number_words,
    quote_html,
    told,
)

_DECISIONS_AT_MOST = 200
_NAMES_AT_MOST = 2
"""Other names that are told of a company that may be another."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Two names of a company that a rule made one."""

    company: Company
    join: Join


@dataclass(frozen=True, slots=True)
class Merges:
    """What the view shows: of `joined` one page, and `total` of all.

    `portraits` are those of the companies of `possible`, by id. `proofs` are the words of articles that
    say that two names are one, where they do.
    """

    possible: Sequence[Candidate]
    joined: Sequence[Joined]
    total: int
    decisions: Sequence[Decision]
    page: int = 1
    portraits: Mapping[str, Portrait] = field(default_factory=dict)
    proofs: Mapping[Join, Citation] = field(default_factory=dict)


def joined_by_rules(companies: Sequence[Company]) -> list[Joined]:
    """The least certain first. What the owner joined stands among the decisions."""
    order = list(Why)
    found = [
        Joined(company, join)
        for company in companies
        for join in dict.fromkeys(company.joins)
        if join.why is not Why.OWNER
    ]
    found.sort(key=lambda one: (-order.index(one.join.why), one.company.name.casefold()))
    return found


def merges_html(texts: Texts, merges: Merges, allowed: bool, note: str = "") -> Html:
    """`note`, which is markup, tells what the last act did."""
    body = [
        note_html(note),
        f'<p class="hint">{escape(texts("merges.lead" if allowed else "library.read_only"))}</p>',
        _section(
            texts,
            "possible",
            [_candidate(texts, one, merges.portraits, allowed) for one in merges.possible],
            "",
        ),
        _section(
            texts,
            "joined",
            [_joined(texts, merges, one, allowed) for one in merges.joined],
            _pages(texts, merges),
        ),
        _section(
            texts,
            "decisions",
            [_decision(texts, one, allowed) for one in merges.decisions[:_DECISIONS_AT_MOST]],
            "",
        ),
        f'<p><a class="view-link act" href="{LIBRARY}">{escape(texts("library.title"))}</a></p>',
    ]
    return article_html("merges", Html(escape(texts("merges.heading"))), body)


def _section(texts: Texts, name: str, items: Sequence[str], after: str) -> str:
    listed = "".join(f"<li>{item}</li>" for item in items)
    body = (
        f'<ul class="pairs">{listed}</ul>{after}'
        if items
        else f'<p class="nothing">{escape(texts(f"merges.{name}_none"))}</p>'
    )
    return f'<section class="{name}"><h3>{escape(texts(f"merges.{name}"))}</h3>{body}</section>'


def _pages(texts: Texts, merges: Merges) -> str:
    pages = max(1, -(-merges.total // PAGE))
    hrefs = (f"{MERGES}?page={merges.page - 1}", f"{MERGES}?page={merges.page + 1}")
    return pages_html(texts, merges.page, pages, hrefs)


def _candidate(
    texts: Texts, one: Candidate, portraits: Mapping[str, Portrait], allowed: bool
) -> str:
    known = [(side, portraits.get(side.id, Portrait())) for side in (one.left, one.right)]
    sides = "".join(f"<li>{_side(texts, *side)}</li>" for side in known)
    line = f'<ul class="sides">{sides}</ul>'
    why = [texts(f"merges.like_{one.likeness.name.lower()}")]
    if one.shared:
        key = "merges.shared_one" if one.shared == 1 else "merges.shared"
        why.append(texts(key, count=number_words(texts, one.shared)))
    reason = f'<p class="meta">{escape(texts("list.comma").join(why))}</p>'
    if not allowed:
        return f"{line}{reason}"
    fields = {
        "left": one.left.id,
        "left_name": one.left.name,
        "right": one.right.id,
        "right_name": one.right.name,
    }
    left, right = (_plain_side(texts, *side) for side in known)
    both = texts("list.and", some=left, last=right)
    acts = _act(texts, "accept", fields, both) + _act(texts, "reject", fields, both)
    return f'{line}{reason}<div class="acts">{acts}</div>'


def _side(texts: Texts, company: Company, portrait: Portrait) -> str:
    """A company of a pair and what tells it from the other."""
    facts = [held_safe(" ".join(portrait.called))] if portrait.called else []
    facts += [told(texts, "merges.other_name", name=held_safe(n)) for n in _others(company)]
    if portrait.partners:
        names = Html(escape(texts("list.comma")).join(map(held_safe, portrait.partners)))
        facts.append(told(texts, "merges.with", names=names))
    if portrait.title:
        facts.append(told(texts, "merges.told_in", title=held_safe(portrait.title)))
    apart = f'<br><span class="meta">{"; ".join(facts)}</span>' if facts else ""
    return f"{_company(texts, company)}{apart}"


def _plain_side(texts: Texts, company: Company, portrait: Portrait) -> str:
    """The same in few words, for a screen reader."""
    facts = [" ".join(portrait.called)] if portrait.called else []
    facts += _others(company)
    if portrait.partners:
        facts.append(texts("merges.with", names=texts("list.comma").join(portrait.partners)))
    if portrait.title:
        facts.append(texts("merges.told_in", title=portrait.title))
    return f"{company.name} ({'; '.join(facts)})" if facts else company.name


def _others(company: Company) -> list[str]:
    return [name for name in company.names if name != company.name][:_NAMES_AT_MOST]


def _company(texts: Texts, company: Company) -> Html:
    """Its name, leading to it, with how many deals and articles speak of it."""
    meta = texts("list.comma").join(
        (counted(texts, "deals", company.deals), counted(texts, "articles", company.articles))
    )
    return Html(
        f'<a class="view-link" href="/companies/{company.id}">{held_safe(company.name)}</a> '
        f'<span class="meta">({escape(meta)})</span>'
    )


def _joined(texts: Texts, merges: Merges, one: Joined, allowed: bool) -> str:
    join, proof = one.join, merges.proofs.get(one.join)
    same = told(texts, "companies.same", name=held_safe(join.name), other=held_safe(join.other))
    why = Html(escape(texts(f"companies.why_{join.why.name.lower()}")))
    line = f"<p>{told(texts, 'list.colon', name=same, told=why)}</p>"
    line += f'<p class="meta">{_company(texts, one.company)}</p>'
    if proof:
        shown = quote_html(texts, proof.quote, proof.source)
        line += f'<div class="quotes">{shown}</div>'
    if not allowed:
        return line
    fields = {"company": one.company.id, "name": join.name, "other": join.other}
    both = texts("companies.same", name=join.name, other=join.other)
    acts = _act(texts, "keep", fields, both) + _act(texts, "split", fields, both)
    return f'{line}<div class="acts">{acts}</div>'


def _decision(texts: Texts, decision: Decision, allowed: bool) -> str:
    key = {Act.MERGE: "merge", Act.SPLIT: "split", Act.APART: "apart"}[decision.act]
    names = {"name": decision.name, "other": decision.other}
    if decision.act is Act.SPLIT:
        del names["other"]
    words = texts(f"merges.{key}_line", **names)
    line = told(texts, f"merges.{key}_line", **{n: held_safe(v) for n, v in names.items()})
    meta = [decision.reason, date_words(texts, decision.at[:10])]
    if decision.articles:
        meta.append(counted(texts, "articles", len(decision.articles)))
    if decision.undone_at:
        meta.append(texts("merges.undone"))
    told_of = f'<p>{line}</p><p class="meta">{held_safe(texts("list.comma").join(meta))}</p>'
    if decision.undone_at or not allowed:
        return told_of
    fields = {"number": str(decision.id), "name": decision.name}
    return f'{told_of}<div class="acts">{_act(texts, "undo", fields, words)}</div>'


def _act(texts: Texts, act: str, fields: Mapping[str, str], of: str) -> str:
    """A form of one button; `of` tells a screen reader which pair it is about."""
    words = texts("library.undo") if act == "undo" else texts(f"merges.{act}")
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{attribute(value)}">'
        for name, value in fields.items()
    )
    label = attribute(texts("list.colon", name=words, told=of))
    return (
        f'<form method="post" action="{MERGES}/{act}">{hidden}'
        f'<button type="submit" class="quiet" aria-label="{label}">{escape(words)}</button></form>'
    )
