"""Text into vectors: MiniLM on this machine, or a server that speaks OpenAI's protocol.

All vectors have length 1, so a dot product is a cosine. Knows nothing of passages or indexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.encoder.minilm import MiniLMEmbeddings, Vectors, well_formed
from assistant.errors import (
    ModelDenied,
    ModelError,
    ModelFailed,
    ModelNonsense,
    ModelOverQuota,
    ModelTimeout,
    ModelUnreachable,
)

if TYPE_CHECKING:
    from langchain_openai import OpenAIEmbeddings


class Embedder(Protocol):
    """What turns passages and questions into vectors of length 1. Safe for several threads."""

    @property
    def name(self) -> str:
        """Names the vectors' space: vectors of two names are never compared."""
        ...

    def load(self) -> None:
        """Get ready for the first text; contacts nobody."""
        ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]: ...

    def embed_query(self, text: str) -> list[float]: ...

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in their order. Raises WeightsMissing or ModelError."""
        ...

    def embed_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Vectors of the texts and, where the model shows its tokens, of character ranges in each."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each whole text, without the marks a model adds; an estimate for a server."""
        ...


class OpenAIServerEmbeddings(Embeddings):
    """Embeddings of a server that speaks OpenAI's protocol, through langchain-openai.

    Reads the first 8,000 characters of a text. Raises ModelError when the server does not answer.
    """

    max_characters = 8000  # below 8,191 tokens, OpenAI's bound, in nearly every script
    _texts_a_request = 32  # text-embeddings-inference refuses more by default

    def __init__(
        self, model: str, base_url: str, api_key: str, timeout_s: float, retries: int
    ) -> None:
        self.name = f"openai-{model}"
        self._model = model
        self._base_url = base_url or "https://api.openai.com/v1"
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._retries = retries

    def load(self) -> None:
        """Nothing lies here to be loaded."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self.embed_array(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        row: list[float] = self.embed_array([text])[0].tolist()
        return row

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, d), d as the server has it; (0, 0) for no texts."""
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        # An empty text is an error to OpenAI's server, a blank is none.
        sent = [well_formed(text)[: self.max_characters] or " " for text in texts]
        vectors = self._asked(sent)
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
        whole = vectors.ndim == 2 and len(vectors) == len(texts)
        if not whole or not np.isfinite(lengths).all() or not lengths.all():
            raise ModelNonsense(
                f"The embedding model {self._model} did not send one vector for each text. "
                "Check that OPENAI_BASE_URL serves /embeddings."
            )
        unit: Vectors = vectors / lengths
        return unit

    def embed_parts(
        self,
        texts: Sequence[str],
        parts: Sequence[Sequence[tuple[int, int]]],  # noqa: ARG002 - a server shows no tokens
    ) -> tuple[Vectors, list[Vectors]]:
        """The texts' vectors, and none for their parts."""
        return self.embed_array(texts), []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """A quarter of the characters, rounded up: what OpenAI gives for English text."""
        return [-(-len(text) // 4) for text in texts]

    def _asked(self, texts: list[str]) -> Vectors:
        from openai import OpenAIError

        client = self._client
        try:
            return np.asarray(client.embed_documents(texts), dtype=np.float32)
        # What is no OpenAIError comes of an answer of another shape than the protocol's.
        except (OpenAIError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise _model_error(error, self._model, self._base_url, self._timeout_s) from error

    @cached_property
    def _client(self) -> OpenAIEmbeddings:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        return OpenAIEmbeddings(
            model=self._model,
            base_url=self._base_url,
            api_key=SecretStr(self._api_key or "none"),
            timeout=self._timeout_s,
            max_retries=self._retries,
            chunk_size=self._texts_a_request,
            check_embedding_ctx_length=False,
            model_kwargs={"encoding_format": "float"},
        )


def build_embedder(
    kind: str,
    cache_folder: Path,
    *,
    model: str = "text-embedding-3-small",
    base_url: str = "",
    api_key: str = "",
    timeout_s: float = 45,
    retries: int = 2,
) -> MiniLMEmbeddings | OpenAIServerEmbeddings:
    """The embedder named `minilm` or `openai`; only the latter looks at what follows the folder.

    Raises ValueError for another kind. Loads and connects nothing yet.
    """
    if kind == "minilm":
        return MiniLMEmbeddings(cache_folder)
    if kind == "openai":
        return OpenAIServerEmbeddings(model, base_url, api_key, timeout_s, retries)
    raise ValueError(f"embedder {kind!r}: needs minilm or openai")


def _model_error(error: Exception, model: str, base_url: str, timeout_s: float) -> ModelError:
    """Never quotes what the server said: it may hold the text sent."""
    import openai

    who = f"The embedding model {model} at {urlsplit(base_url).hostname}"
    if isinstance(error, openai.APITimeoutError):
        return ModelTimeout(f"{who} did not answer within {timeout_s:g} s.")
    if isinstance(error, openai.APIConnectionError):
        return ModelUnreachable(f"{who} cannot be reached. Check OPENAI_BASE_URL and the network.")
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return ModelDenied(f"{who} refused the key. Check OPENAI_API_KEY.")
    if isinstance(error, openai.RateLimitError):
        return ModelOverQuota(f"{who} takes no more requests now: too many, or no credit left.")
    if isinstance(error, openai.APIStatusError):
        advice = "Check ACCORD_EMBEDDING_MODEL and OPENAI_BASE_URL."
        if error.status_code >= 500:
            advice = "Try again later."
        return ModelFailed(f"{who} reported an error ({error.status_code}). {advice}")
    return ModelNonsense(f"{who} sent an answer that cannot be read ({type(error).__name__}).")
