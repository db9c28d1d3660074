"""Names and places by the tagger, which knows chat: what has no cue and no shape.

It only proposes: the clinic's own words stay (`keep`). Where it is unsure a second reader is asked (`modelled`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from schemas.taxonomy import Entity
from workers.sanitiser.features import Token
from workers.sanitiser.glance import Glance
from workers.sanitiser.lexicon import PARTICLES, bands, given_names
from workers.sanitiser.recognisers.digits import is_amount
from workers.sanitiser.recognisers.match import LIKELY, Match
from workers.sanitiser.tagger import Odds, tagger

LEAST: Final = 0.33
"""Probability of a name or a place from which a token is one."""
LEAST_DIGITS: Final = 0.55
"""The same for a run of digits in a place."""
LEAST_BESIDE: Final = 0.12
"""The same for the neighbour of such a token ("anna" + "lindqvist")."""
LEAST_KNOWN: Final = 0.05
"""The same for a first name that many countries know and that is no word."""
LEAST_WORD_BESIDE: Final = 0.2
"""The same where the neighbour is a word."""
LEAST_JOINED: Final = 0.02
"""The same for a word that particles join to a name."""
SURE: Final = 0.6
"""Probability from which the same word is hidden wherever else it stands in the message."""
COMMON_BAND: Final = 4
"""Words up to this band are words first: a neighbour or a repetition alone makes no name of them."""
_JOINERS: Final = frozenset("-'.&/")
_WIDEST_GAP: Final = 3
"""Tokens that may stand between two parts of one place ("Kerkstraat 4, 9000 Gent")."""


class _Span(NamedTuple):
    entity: Entity
    first: int
    last: int


def find(message: Glance) -> Iterator[Match]:
    """Yield the names and places that the tagger alone sees in a message: for the seam of two messages."""
    if has_words(message.tokens):
        yield from matches(message.text, message.tokens, tagger().odds(message.tokens))


def has_words(tokens: Sequence[Token]) -> bool:
    """Return whether any of `tokens` is a word."""
    return any(token.text[0].isalpha() for token in tokens)


def matches(text: str, tokens: Sequence[Token], odds: Sequence[Odds]) -> Iterator[Match]:
    """Yield the names and places among the `tokens` of `text`, of which each is likely to be what `odds` say."""
    if not any(name + place >= LEAST_KNOWN for name, place in odds):
        return
    for entity, first, last in _spans(text, tokens, _entities(text, tokens, odds)):
        yield Match(entity, tokens[first].start, tokens[last].end, LIKELY)


def _entities(text: str, tokens: Sequence[Token], odds: Sequence[Odds]) -> list[Entity | None]:
    """Return what each token is, if it is anything."""
    hits: list[Entity | None] = [_entity(tokens[i], odds[i]) for i in range(len(tokens))]
    _spread(text, tokens, odds, hits)
    _joined(text, tokens, odds, hits)
    _initialled(tokens, hits)
    sure = {tokens[i].folded for i, hit in enumerate(hits) if hit is Entity.NAME and odds[i].name >= SURE}
    for i, token in enumerate(tokens):
        if hits[i] is None and token.folded in sure and not _is_word(token):
            hits[i] = Entity.NAME
    return hits


def _entity(token: Token, odds: Odds) -> Entity | None:
    either = odds.name + odds.place
    known = either >= LEAST_KNOWN and given_names().get(token.folded) == "G" and token.folded not in bands()
    if either < LEAST and not known:
        return None
    if not (token.text[0].isalpha() or (token.text[0].isdigit() and odds.place >= LEAST_DIGITS)):
        return None
    return Entity.NAME if odds.name >= odds.place else Entity.LOCATION


def _is_word(token: Token) -> bool:
    return not token.text[0].isalpha() or 0 < bands().get(token.folded, 0) <= COMMON_BAND


def _spread(text: str, tokens: Sequence[Token], odds: Sequence[Odds], hits: list[Entity | None]) -> None:
    """Add to `hits` the likely neighbours of what was hit."""
    for order in (range(1, len(tokens)), range(len(tokens) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for i in order:
            near = i - step
            either = odds[i].name + odds[i].place
            if either < LEAST_BESIDE or hits[i] is not None or not tokens[i].text[0].isalpha():
                continue
            while 0 <= near < len(tokens) and tokens[near].text in _JOINERS and abs(i - near) <= 2:  # noqa: PLR2004  # one sign between
                near -= step
            if (
                not 0 <= near < len(tokens)
                or hits[near] is None
                or not _touch(text, tokens[min(i, near)], tokens[max(i, near)])
            ):
                continue
            if tokens[i].text[0].isupper() or not _is_word(tokens[i]) or either >= LEAST_WORD_BESIDE:
                hits[i] = hits[near]


def _joined(text: str, tokens: Sequence[Token], odds: Sequence[Odds], hits: list[Entity | None]) -> None:
    """Add to `hits` the particles behind a name and the word that they join to it ("kim" + "van de boer")."""
    for i in range(1, len(tokens) - 1):
        if hits[i - 1] is not Entity.NAME or tokens[i].folded not in PARTICLES:
            continue
        last = next(
            at for at in range(i + 1, len(tokens) + 1) if at == len(tokens) or tokens[at].folded not in PARTICLES
        )
        beside = last < len(tokens) and all(_touch(text, tokens[at - 1], tokens[at]) for at in range(i, last + 1))
        if beside and odds[last].name + odds[last].place >= LEAST_JOINED:
            hits[i : last + 1] = [Entity.NAME] * (last + 1 - i)


def _initialled(tokens: Sequence[Token], hits: list[Entity | None]) -> None:
    """Add to `hits` the initials before and after a name ("R.J. Attwell", "jeroen b.")."""
    for i in (*reversed(range(len(tokens))), *range(len(tokens))):
        token = tokens[i]
        if hits[i] is not None or len(token.text) > 1 or not token.text.isalpha():
            continue
        dotted = i + 1 < len(tokens) and tokens[i + 1].text == "." and tokens[i + 1].start == token.end
        after = i + 1 + dotted
        leads = after < len(tokens) and hits[after] is Entity.NAME and tokens[after].start - tokens[after - 1].end <= 1
        ends = i > 0 and hits[i - 1] is Entity.NAME and token.start - tokens[i - 1].end == 1
        if (leads and (dotted or token.text.isupper())) or (ends and (dotted or token.text.isupper())):
            hits[i] = Entity.NAME


def _touch(text: str, left: Token, right: Token) -> bool:
    gap = text[left.end : right.start]
    return len(gap) <= _WIDEST_GAP and all(c == " " or c in _JOINERS for c in gap)


def _spans(text: str, tokens: Sequence[Token], hits: Sequence[Entity | None]) -> Iterator[_Span]:
    """Yield runs of tokens that are one name or one place."""
    run: _Span | None = None
    for i, hit in enumerate(hits):
        if hit is None or (tokens[i].text[0].isdigit() and is_amount(text, tokens[i].start, tokens[i].end)):
            continue
        if run and hit is run.entity and _one(text, tokens, run.last, i, hit):
            run = run._replace(last=i)
            continue
        if run:
            yield run
        run = _Span(hit, i, i)
    if run:
        yield run


def _one(text: str, tokens: Sequence[Token], left: int, right: int, entity: Entity) -> bool:
    """Return whether tokens `left` and `right` are parts of one name or place."""
    between = tokens[left + 1 : right]
    if any(token.text == "\n" for token in between):
        return False
    if entity is Entity.LOCATION:
        return len(between) <= _WIDEST_GAP and not any(token.text in "!?;()" for token in between)
    gap = text[tokens[left].end : tokens[right].start]
    return all(token.text in _JOINERS or token.folded in PARTICLES for token in between) and len(gap) <= 12  # noqa: PLR2004  # "van den der"
