"""The raw turn: the only message that holds what a visitor typed.

Only the gateway and the sanitiser may import this module (an import rule), publish or receive it
(NATS permissions), and open its body (the gateway-sanitiser key).
"""

from __future__ import annotations

from schemas.message import Message
from schemas.taxonomy import Language
from schemas.turns import Said


class RawTurn(Message, frozen=True, kw_only=True):
    """A turn as the visitor typed it, with the conversation's clean history."""

    turn_id: str
    """Random, public to the visitor's own page, unknown to analytics."""
    clinic: str
    language: Language
    """The session's language; a hint."""
    text: str
    """1 to 1,000 code points, unredacted."""
    history: tuple[Said, ...]
    """Clean turns, oldest first; the visitor's last one is the left side of the seam."""
    ai_allowed: bool = True
    """False: this session has spent its AI calls; no provider may be asked."""
    reply_key: bytes
    """32 bytes: seals the reply frames of this attempt."""
    budget_ms: int
    """Milliseconds left for the whole turn; each hop takes off what it used."""

    @property
    def previous(self) -> str:
        """The visitor's previous clean message, or "": personal data may be split over the two."""
        return next((said.text for said in reversed(self.history) if said.role == "visitor"), "")
