"""What articles tell of deals: readings, mentions, companies and their names, decisions, deals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _readings()
    _names()
    _companies()
    _deals()


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column(
            "article_id",
            sa.String(512),
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("reader", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sketch", sa.JSON, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("disagreement", sa.JSON),
    )
    op.create_table(
        "mentions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "article_id",
            sa.String(512),
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("main", sa.Boolean, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("deal_id", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mentions_article_id", "mentions", ["article_id"])
    op.create_index("ix_mentions_deal_id", "mentions", ["deal_id"])


def _names() -> None:
    op.create_table(
        "namings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "article_id",
            sa.String(512),
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("country", sa.String(16), nullable=False),
        sa.Column("trade", sa.String(16), nullable=False),
        sa.Column("company_id", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_namings_article_id", "namings", ["article_id"])
    op.create_index("ix_namings_company_id", "namings", ["company_id"])
    op.create_table(
        "ties",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "article_id",
            sa.String(512),
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ties_article_id", "ties", ["article_id"])


def _companies() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_table(
        "company_names",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "company_id",
            sa.Integer,
            sa.ForeignKey("companies.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_company_names_company_id", "company_names", ["company_id"])
    op.create_index("ix_company_names_key", "company_names", ["key"])
    op.create_table(
        "company_joins",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "company_id",
            sa.Integer,
            sa.ForeignKey("companies.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("why", sa.String(128), nullable=False),
        sa.Column("article_id", sa.String(512), nullable=False),
        sa.Column("start", sa.Integer),
        sa.Column("end", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_company_joins_company_id", "company_joins", ["company_id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.Column("article_id", sa.String(512), nullable=False),
        sa.Column("other_article_id", sa.String(512), nullable=False),
        sa.Column("articles", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("undone_at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )


def _deals() -> None:
    op.create_table(
        "deals",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
    )
    op.create_table(
        "deal_parties",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "deal_id", sa.Integer, sa.ForeignKey("deals.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("company_id", sa.Integer, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deal_parties_deal_id", "deal_parties", ["deal_id"])
    op.create_index("ix_deal_parties_company_id", "deal_parties", ["company_id"])


def downgrade() -> None:
    for table in (
        "deal_parties",
        "deals",
        "decisions",
        "company_joins",
        "company_names",
        "companies",
        "ties",
        "namings",
        "mentions",
        "readings",
    ):
        op.drop_table(table)
