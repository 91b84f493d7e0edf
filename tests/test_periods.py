from __future__ import annotations

import pytest

from assistant.answer.periods import Period, read_period


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("What did Velmora buy in 2007?", "2007", "2007"),
        ("Velmora's deals since 2010", "2010", ""),
        ("deals since the end of March 2010", "2010-03", ""),
        ("What did it buy after 2010?", "2011", ""),
        ("What did it buy after March 2010?", "2010-03", ""),
        ("Which firms did it buy before 2005?", "", "2004"),
        ("Which firms had it bought by late 2005?", "", "2005"),
        ("How far had it got as of March 2005?", "", "2005-03"),
        ("between 2004 and 2006", "2004", "2006"),
        ("from June 2004 to May 2006", "2004-06", "2006-05"),
        ("between July and September 2005", "2005-07", "2005-09"),
        ("in September and October 2005", "2005-09", "2005-10"),
        ("in the summer of 2005", "2005-06", "2005-08"),
        ("on 12 March 2004", "2004-03-12", "2004-03-12"),
        ("on March 12, 2004", "2004-03-12", "2004-03-12"),
        ("the 2006 takeover offer", "2006", "2006"),
    ],
)
def test_reads_the_days_a_question_is_about(text: str, since: str, until: str) -> None:
    assert read_period(text) == Period(since, until)


@pytest.mark.parametrize("text", ["Who bought Velmora?", "the Falcon 2000 jet"[:10], "10-2005-7"])
def test_no_date_leaves_all_days_open(text: str) -> None:
    assert read_period(text).is_open
