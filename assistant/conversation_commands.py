"""The commands over conversations: `accord conversations`, and `show`, `rename` and `delete` below it.

Doors like those of `cli`, which attaches them. On the command line nobody is anybody in particular:
they show the conversations of no person, which are also those of a page without access control.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from assistant.terminal import opened_assistant, print_answer

if TYPE_CHECKING:
    from assistant.domain import Conversation

_NAME_WIDTH = 70


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND ...]")
@click.option("--words", default="", metavar="WORDS", help="Only those in which each word stands.")
@click.pass_context
def conversations(ctx: click.Context, words: str) -> None:
    """List conversations, the last asked first, or show, rename and delete one."""
    if ctx.invoked_subcommand is None:
        with opened_assistant() as assistant:
            for line in _table(assistant.conversations(words=words)):
                click.echo(line)


@conversations.command()
@click.argument("conversation_id", metavar="ID")
def show(conversation_id: str) -> None:
    """Show the questions of a conversation and their answers with the words that prove them."""
    with opened_assistant() as assistant:
        exchanges = assistant.conversation(conversation_id)
    for number, exchange in enumerate(exchanges):
        click.echo(("\n" if number else "") + f"{_minute(exchange.asked)}  {exchange.question}\n")
        if exchange.answer is None:
            click.echo("the answer was not kept")
        else:
            print_answer(exchange.answer)


@conversations.command()
@click.argument("conversation_id", metavar="ID")
@click.argument("name")
def rename(conversation_id: str, name: str) -> None:
    """Give a conversation another NAME than its first question."""
    with opened_assistant() as assistant:
        assistant.rename_conversation(conversation_id, name)


@conversations.command()
@click.argument("conversation_id", metavar="ID")
def delete(conversation_id: str) -> None:
    """Delete a conversation for good."""
    with opened_assistant() as assistant:
        assistant.delete_conversation(conversation_id)
    click.echo(f"deleted {conversation_id}")


def _table(found: list[Conversation]) -> Iterator[str]:
    if not found:
        return
    width = max(len("id"), *(len(one.id) for one in found))
    yield f"{'id'.ljust(width)}  last asked (UTC)  questions  name"
    for one in found:
        name = one.name if len(one.name) <= _NAME_WIDTH else f"{one.name[: _NAME_WIDTH - 1]}…"
        yield f"{one.id.ljust(width)}  {_minute(one.asked)}  {one.questions:9}  {name}"


def _minute(time: str) -> str:
    """`2026-03-01 14:05` of an ISO time."""
    return time[:16].replace("T", " ")
