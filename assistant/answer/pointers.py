"""Which sentences the ledger points to for a question: those of articles that name all its companies, and
those that hold the detail asked for.

Beside the sentence that answers best by its words, not in its place: a record can be wrong, and on
788 questions about texts kept aside its sentence put first was right less often (.61-.67 against .68).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answer.material import Material
from assistant.answer.premises import best_known
from assistant.answer.question import Aspect
from assistant.answer.ranking import Ranking
from assistant.answer.sentences import Candidate
from assistant.deals.ledger.directory import NamedCompany
from assistant.deals.ledger.histories import Deal
from assistant.domain import Article, Quote


def pointed_at(material: Material, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those of the candidates, in their order, where the likeliest deal asked about has the detail."""
    if not material.deals:
        return []
    quotes = _detail(best_known(material.deals), material.asking.aspect)
    return [c for c in candidates if any(_meets(quote, c) for quote in quotes)]


def contradicting(
    material: Material, first: Candidate, candidates: Sequence[Candidate]
) -> list[Candidate]:
    """Those that give another price than `first` does for the deal asked about, which the ledger holds too."""
    if material.asking.aspect is not Aspect.HOW_MUCH or not material.deals:
        return []
    prices = best_known(material.deals).disputed_values
    told = [price for price in prices if any(_meets(quote, first) for quote in price.quotes)]
    others = [quote for price in prices if price not in told for quote in price.quotes]
    return [c for c in candidates if told and any(_meets(quote, c) for quote in others)]


def naming_all(material: Material, ranking: Ranking) -> Ranking:
    """The ranking without candidates whose article lacks a company of the question; all, where none is left."""
    asked = [placed.named for placed in material.asking.companies]
    articles = {c.article.id: c.article for c in ranking.candidates}
    known = [[named.text.lower(), *_names(material, named)] for named in asked]
    fit = {key for key, article in articles.items() if _names_all(article, known)}
    kept = [i for i, c in enumerate(ranking.candidates) if c.article.id in fit]
    if not kept or len(fit) == len(articles):
        return ranking
    return replace(
        ranking,
        candidates=[ranking.candidates[i] for i in kept],
        scores=[ranking.scores[i] for i in kept],
    )


def _names(material: Material, named: NamedCompany) -> Iterator[str]:
    for company_id in named.company_ids:
        yield from material.book.directory.names_of(company_id)


def _names_all(article: Article, known: Sequence[Sequence[str]]) -> bool:
    low = article.content.lower()
    return all(any(name in low for name in names) for names in known)


def _detail(deal: Deal, aspect: Aspect) -> Sequence[Quote]:
    if aspect is Aspect.HOW_MUCH:
        return [quote for price in deal.values for quote in price.quotes]
    if aspect is Aspect.WHY:
        return [reason.quote for reason in deal.reasons]
    if aspect is Aspect.WHEN:
        return [quote for event in deal.history for quote in event.date_quotes]
    if aspect is Aspect.WHO:
        now = [event for event in deal.history if event.stage is deal.stage]
        return [quote for event in now for quote in event.quotes]
    return ()


def _meets(quote: Quote, candidate: Candidate) -> bool:
    place, words = candidate.span, quote.span
    same = quote.article_id == candidate.article.id
    return same and words.start < place.end and place.start < words.end
