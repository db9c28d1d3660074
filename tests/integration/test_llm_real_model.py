"""The handler with a real model behind a real server. What it writes is its own affair, one sentence or more."""

import datetime as dt
from contextlib import aclosing

import pytest

from schemas.replies import Answered, Delta
from schemas.taxonomy import Path
from tests.llm_clinic import clinic, turn
from tests.smollm_provider import SmolLM
from workers.llm.attempt import Limits
from workers.llm.extractive import Library
from workers.llm.handler import reply
from workers.llm.provider import Provider

PATIENT = Limits(first_token_s=50.0, between_tokens_s=20.0)
"""One thread reads the whole prompt first."""


@pytest.mark.real_model
async def test_a_real_model_streams_an_answer():
    place = clinic()
    asked = turn("Where can I park?", budget_ms=60_000)
    async with SmolLM() as base_url:
        provider = Provider(base_url=base_url, api_key="", model="any", kind="llamacpp", max_tokens=40, limits=PATIENT)
        frames = reply(asked, clinic=place, library=Library(place), provider=provider, today=dt.date(2026, 11, 23))
        async with aclosing(frames):
            *deltas, last = [piece async for piece in frames]
        await provider.close()
    assert deltas
    assert all(isinstance(piece, Delta) and piece.text for piece in deltas)
    assert isinstance(last, Answered)
    assert last.path is Path.LLM
