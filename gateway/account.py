"""What is settled when a turn has ended: quota, metrics, one anonymous event, the last event of the stream."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET

from gateway.answer import Answer, Ended
from gateway.problems import RETRY_AFTER_S
from gateway.session import Session, after_turn
from gateway.state import Parts, now_s
from gateway.texts import say
from schemas import metrics
from schemas.actions import contact
from schemas.clinic import Clinic
from schemas.events import TurnFact
from schemas.public import TurnDone, TurnFailed
from schemas.replies import Answered
from schemas.taxonomy import (
    NO_TOPIC,
    ErrorCode,
    Intent,
    Outcome,
    Path,
    Source,
    latency_bucket,
    redaction_bits,
)

_HOUR_S: Final = 3600
_RETRY_S: Final = {ErrorCode.OVERLOADED: RETRY_AFTER_S, ErrorCode.DRAINING: RETRY_AFTER_S}


class Account:
    """One turn's account; `settle` closes it, once."""

    def __init__(self, parts: Parts, session: Session, clinic: Clinic, source: Source) -> None:
        """Open the account of a turn that the quota has let in."""
        self._parts, self._session, self._clinic, self._source = parts, session, clinic, source
        self._open = True

    def settle(self, answer: Answer) -> TurnDone | TurnFailed | None:
        """Close the account of `answer`; return the stream's last event, None where the visitor has left."""
        if not self._open:
            return None
        self._open = False
        ended = answer.ended or Ended()
        if answer.ended is None:
            self._parts.desk.withdraw(answer)
        self._parts.desk.finished(answer)
        self._parts.quota.release(self._session, ai=_ai_spent(answer))
        self._count(answer, ended)
        self._parts.facts.add(self._fact(answer, ended))
        if ended.answered:
            return self._done(answer, ended.answered)
        return self._failed(ended.code) if ended.code else None

    def _done(self, answer: Answer, answered: Answered) -> TurnDone:
        cleaned = answer.cleaned
        session = after_turn(
            self._session,
            question=cleaned.text if cleaned else "",
            answer=answer.text,
            previous=cleaned.previous if cleaned else None,
            topic=answered.topic,
            intent=answered.intent.value,
            ai=_ai_spent(answer),
            now_s=now_s(),
        )
        return TurnDone(
            session=self._parts.box.seal(session),
            path=answered.path,
            intent=answered.intent,
            topic=answered.topic,
            language=answered.language,
            actions=answered.actions,
            sources=answered.sources,
        )

    def _failed(self, code: ErrorCode) -> TurnFailed:
        language = self._session.language
        return TurnFailed(
            code=code,
            message=say(code, language),
            actions=contact(self._clinic, language),
            retry_after_s=_RETRY_S.get(code, UNSET),
        )

    def _count(self, answer: Answer, ended: Ended) -> None:
        end = "abandoned" if ended.abandoned else ended.code.value if ended.code else "done"
        elapsed_ms = answer.elapsed_ms()
        metrics.child(metrics.TURNS, end).inc()
        if ended.answered:
            metrics.child(metrics.TURN_SECONDS, ended.answered.path.value).observe(elapsed_ms / 1000)
        self._parts.log.debug("turn_ended", turn_id=answer.asked.turn_id, outcome=end, duration_ms=int(elapsed_ms))

    def _fact(self, answer: Answer, ended: Ended) -> TurnFact:
        answered, routed, cleaned = ended.answered, answer.routed, answer.cleaned
        about = answered or routed
        topic, intent = (about.topic, about.intent) if about else (NO_TOPIC, Intent.OTHER)
        unanswered = Outcome.ABANDONED if ended.abandoned else Outcome.FAILED
        return TurnFact(
            clinic=self._clinic.id,
            hour=now_s() // _HOUR_S * _HOUR_S,
            language=cleaned.language if cleaned else self._session.language,
            topic=topic,
            intent=intent,
            path=answered.path if answered else Path.LLM if routed else Path.DETERMINISTIC,
            outcome=answered.outcome if answered else unanswered,
            offered=answered.offered if answered else None,
            redactions=redaction_bits(cleaned.entities) if cleaned else 0,
            latency=latency_bucket(answer.elapsed_ms()),
            source=self._source,
            suspect=intent is Intent.INJECTION,
            first=self._parts.quota.first(self._session, f"{topic}:{intent.value}"),
        )


def _ai_spent(answer: Answer) -> bool:
    """Whether a provider may have been asked: the LLM worker had the turn, with leave to ask one."""
    return answer.ai_asked and answer.asked.ai_allowed
