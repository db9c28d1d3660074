"""Turns after redaction: what the router and the LLM worker may read."""

from __future__ import annotations

from typing import Literal

from schemas.message import Message
from schemas.taxonomy import Intent, Language


class Said(Message, frozen=True, kw_only=True):
    """One clean line of the conversation."""

    role: Literal["visitor", "assistant"]
    text: str
    topic: str = "none"
    """What an answer was about; lets "and how much is it?" be understood without the text."""


class CleanTurn(Message, frozen=True, kw_only=True):
    """A turn whose personal data has become placeholders."""

    turn_id: str
    clinic: str
    language: Language
    """The language of this message as the sanitiser heard it, else the session's."""
    text: str
    """E.g. ``"hi I'm [name hidden], how much is botox?"``."""
    history: tuple[Said, ...]
    findings: int
    """Spans replaced in `text`."""
    ai_allowed: bool = True
    """False: this session has spent its AI calls; no provider may be asked."""
    reply_key: bytes
    budget_ms: int


class RoutedTurn(Message, frozen=True, kw_only=True):
    """A clean turn that the clinic's file alone does not answer: for the LLM worker."""

    turn_id: str
    clinic: str
    language: Language
    text: str
    history: tuple[Said, ...]
    intent: Intent
    topic: str
    ai_allowed: bool = True
    """False: this session has spent its AI calls; no provider may be asked."""
    notice: str = ""
    """A sentence of the router's that ends the answer, whoever writes it: who asks is, or asks for, a minor."""
    reply_key: bytes
    budget_ms: int
