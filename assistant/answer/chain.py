"""The answer chain as a LangGraph graph: question, evidence, answer.

The graph carries one exchange. With a checkpointer it also carries a conversation, by its id: what was
asked and answered so far. The evidence is not stored, it can be found again.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, TypedDict

from langgraph.channels import UntrackedValue
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from assistant.answer.antecedents import Find, Turn
from assistant.answer.asking import read_asking
from assistant.answer.composition import compose
from assistant.answer.evidence import order_evidence
from assistant.answer.exchanges import Record, check_form, store_exchange
from assistant.answer.facts import fitting_deals
from assistant.answer.followups import Standing, stand_all_alone, stand_alone
from assistant.answer.material import Material, Statement, Writer
from assistant.answer.question import leans_back, search_text
from assistant.answer.rewriting import ModelRewriter
from assistant.answer.sources import Sources
from assistant.domain import Answer, Delta, Evidence, Finished, Question
from assistant.errors import ModelError, ModelNonsense, ModelTimeout


class Talk(TypedDict, total=False):
    """State of the graph. `asked` grows by one question an exchange, `exchanges` by its record.

    `asked` is longer where its first questions were given from outside, or asked when answers were
    not kept. `name` is what the conversation was renamed to. Only plain data is ever stored.
    """

    question: str
    asked: Annotated[list[str], operator.add]
    exchanges: Annotated[list[Record], operator.add]
    name: str
    reading: Annotated[Question, UntrackedValue(Question)]
    material: Annotated[Material, UntrackedValue(Material)]
    notice: Annotated[str | None, UntrackedValue(str)]
    outage: Annotated[ModelError | None, UntrackedValue(ModelError)]
    answer: Annotated[Answer, UntrackedValue(Answer)]


def build_chain(
    sources: Sources,
    model_writer: Writer | None,
    offline_writer: Writer,
    checkpointer: Any = None,
    rewriter: ModelRewriter | None = None,
) -> Any:
    """A compiled graph. Input `{"question": str, "asked": [earlier, ...]}`, output with `answer`."""

    def read(state: Talk) -> Talk:
        asked = state["question"]
        earlier = _turns(state, sources)
        standing, outage = _stand_alone(asked, earlier, sources, rewriter)
        before = tuple(turn.question for turn in earlier)
        return {"reading": _reading(asked, standing, before), "outage": outage}

    def gather(state: Talk) -> Talk:
        question = state["reading"]
        found, notice = sources.find(search_text(question))
        return {"material": gather_material(question, found, sources), "notice": notice}

    def write(state: Talk) -> Talk:
        emit, outage = get_stream_writer(), state["outage"]
        writer = _Failed(model_writer, outage) if model_writer and outage else model_writer
        answer = compose(state["material"], writer, offline_writer, emit)
        notices = [part for part in (state["notice"], answer.notice) if part]
        answer = replace(answer, question=state["question"], notice=" ".join(notices) or None)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        record = store_exchange(state["reading"], answer, at)
        return {"answer": answer, "asked": [state["question"]], "exchanges": [record]}

    graph = StateGraph(Talk)
    graph.add_node("read", read)
    graph.add_node("gather", gather)
    graph.add_node("write", write)
    graph.add_edge(START, "read")
    graph.add_edge("read", "gather")
    graph.add_edge("gather", "write")
    graph.add_edge("write", END)
    return graph.compile(checkpointer=checkpointer)


class _Failed:
    """The model's writer when the model has failed at this question already: not asked once more."""

    def __init__(self, writer: Writer, error: ModelError) -> None:
        self.name = writer.name
        self._error = error

    def write(self, material: Material) -> Iterator[Statement]:  # noqa: ARG002 - a Writer's
        raise self._error


def _turns(state: Talk, sources: Sources) -> list[Turn]:
    """The exchanges before, each question standing alone."""
    asked, records = state.get("asked") or [], state.get("exchanges") or []
    for record in records:
        check_form(record)
    given = asked[: len(asked) - len(records)]
    turns = stand_all_alone(given, _finder(sources), sources.book()) if given else []
    return turns + [Turn(record["alone"], record["answer"]["text"]) for record in records]


def _stand_alone(
    asked: str, earlier: list[Turn], sources: Sources, rewriter: ModelRewriter | None
) -> tuple[Standing, ModelError | None]:
    """The question standing alone, and how the model failed where that means that it is down."""
    if not earlier:
        return Standing(asked), None
    find = _finder(sources)
    standing = stand_alone(asked, earlier, find, sources.book())
    if rewriter is None or (standing.text == asked and not leans_back(asked)):
        return standing, None
    try:
        return rewriter.rewrite(asked, earlier, standing, find), None
    except (ModelTimeout, ModelNonsense):
        return standing, None  # it may still answer, within its longer time
    except ModelError as error:
        return standing, error


def _reading(asked: str, standing: Standing, before: tuple[str, ...]) -> Question:
    # Names put in at full weight drew the ranking away from what was asked: of DealQA visible's 22
    # follow-ups 13 were answered rightly that way, 15 with the question before it at half weight.
    if standing.carried:
        return Question(asked, before, alone=standing.text)
    return Question(standing.text, before, asked if standing.text != asked else "")


def _finder(sources: Sources) -> Find:
    is_word = _words_of(sources)
    return lambda text: sources.book().directory.find_whole(text, is_word)


def _words_of(sources: Sources) -> Callable[[str], bool]:
    """Tells words of the articles from others."""
    words = sources.words()
    return lambda word: any(words.rarity(term) < 1.0 for term in words.terms(word))


def gather_material(question: Question, found: list[Evidence], sources: Sources) -> Material:
    """Passages in the order in which they answer, and the deals of the ledger that fit."""
    book = sources.book()
    alone = question.alone or question.text
    asking = read_asking(alone, _finder(sources)(alone))
    return Material(
        question=question,
        asking=asking,
        passages=tuple(order_evidence(question, found, sources.words(), sources.reader())),
        deals=tuple(fitting_deals(book, asking)),
        book=book,
    )


def config_of(conversation: str) -> Any:
    """LangGraph's name for a conversation."""
    return {"configurable": {"thread_id": conversation}}


def stream_answer(
    chain: Any, question: str, earlier: tuple[str, ...] = (), conversation: str | None = None
) -> Generator[Delta | Finished, None, None]:
    """Pieces of the answer's text, then the answer. `earlier` only where there is no conversation.

    An exchange of a conversation is stored as a whole, before the answer is given out.
    """
    given: Talk = {"question": question}
    if earlier:
        given["asked"] = list(earlier)
    kept: dict[str, Any] = {}
    if conversation:
        kept = {"config": config_of(conversation), "durability": "exit"}
    answer = None
    for mode, part in chain.stream(given, stream_mode=["custom", "values"], **kept):
        if mode == "custom":
            yield Delta(part)
        else:
            answer = part.get("answer")
    if answer is not None:
        yield Finished(answer)
