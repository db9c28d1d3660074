"""Metrics: every series of every role, with closed labels. No clinic, topic or intent label.

Each role serves its own on a port of its own (`LETHE_METRICS_PORT`; 0 is off), loopback unless set.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from prometheus_client import Counter, Gauge, Histogram, start_http_server

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)

TURNS = Counter("lethe_turns_total", "Turns by how they ended.", ["end"])
"""end ∈ done, an error code, a refusal's code, abandoned."""
TURN_SECONDS = Histogram("lethe_turn_seconds", "From request to the last frame.", ["path"], buckets=_SECONDS)
FIRST_FRAME_SECONDS = Histogram("lethe_first_frame_seconds", "From request to the first delta.", buckets=_SECONDS)
TURNS_OPEN = Gauge("lethe_turns_open", "Turns now streaming.")
REPUBLISHED = Counter("lethe_turns_republished_total", "Second attempts by what was noticed.", ["noticed"])
"""noticed ∈ connection_lost, probe, accept_timer, frame_gap, own_disconnect, busy."""
FRAMES_STRAY = Counter("lethe_frames_stray_total", "Reply frames of no open attempt, or that did not open.", ["why"])
SESSIONS = Counter("lethe_sessions_total", "Sessions by event.", ["event"])
"""event ∈ opened, resumed, expired, refused."""
REFUSED = Counter("lethe_requests_refused_total", "HTTP refusals by code.", ["code"])
FACTS = Counter("lethe_facts_total", "Anonymous events by fate.", ["fate"])
"""At the gateway: stored (acknowledged), refused (outside its vocabulary), dropped, doubtful (sent and never answered:
stored or not). At analytics: stored (in ClickHouse), unreadable, stale, unknown_topic, lost (expired in the stream)."""
FACTS_WAITING = Gauge("lethe_facts_waiting", "Anonymous events that wait for the broker's word.")
FACTS_LAG = Gauge("lethe_facts_lag", "Events in the stream that are not in the database yet.")
FACTS_STREAM_BYTES = Gauge("lethe_facts_stream_bytes", "The stream's size; at its limit the broker refuses events.")
FACTS_BATCH_ROWS = Histogram(
    "lethe_facts_batch_rows", "Rows of a stored batch.", buckets=(1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000)
)
FACTS_PAUSES = Counter("lethe_facts_pauses_total", "Times that storing events stopped and began again.", ["why"])
"""why ∈ interrupted (a gap in the deliveries), unavailable (the broker), not_stored (the database)."""
FACTS_LATE = Counter("lethe_facts_late_total", "Turns stored after their day was closed: in no released figure.")
ROLLUPS_CORRECTED = Counter("lethe_rollups_corrected_total", "Rows of rollups that were wrong and were corrected.")
STORE_PARTS = Gauge("lethe_store_parts", "Active parts of a table; many hundreds: merges fall behind.", ["table"])
"""table ∈ the tables of analytics/migrations."""
CLOSED_AGE = Gauge("lethe_closed_age_seconds", "Since the end of the last closed day, of the clinic furthest behind.")

HELD = Gauge("lethe_worker_held", "Turns that this worker holds.")
HANDLED = Counter("lethe_worker_turns_total", "Turns by fate at this worker.", ["fate"])
"""fate ∈ finished, failed, cancelled, late, busy, unreadable, undelivered."""
HANDLE_SECONDS = Histogram("lethe_worker_seconds", "From receipt to the last frame.", buckets=_SECONDS)
ANSWERS_HELD = Counter("lethe_answers_held_total", "Model answers that the outgoing filter ended.", ["rule"])
"""rule ∈ personal, link, markup, prompt, price, hours, figure, dose, verdict, promise."""
BUS_ERRORS = Counter("lethe_bus_errors_total", "Errors that the NATS client reported.", ["kind"])

LLM_REQUESTS = Counter("lethe_llm_requests_total", "Requests to an AI provider by outcome.", ["provider", "outcome"])
"""provider ∈ first, second. outcome ∈ answered, cancelled (its reader stopped), or why it failed: connection,
overloaded, server_error, refused, slow, deadline, malformed, cut_off, filtered, empty."""
LLM_FIRST_TOKEN_SECONDS = Histogram(
    "lethe_llm_first_token_seconds", "From a request to its first text.", ["provider"], buckets=_SECONDS
)
LLM_TOKENS = Counter("lethe_llm_tokens_total", "Tokens as the provider counts them.", ["provider", "kind"])
"""kind ∈ prompt, completion. Whole answers only, of providers that send their count in the stream."""
LLM_CIRCUIT = Gauge("lethe_llm_circuit_state", "0 closed, 1 half-open, 2 open (left alone).", ["provider"])
AI_DAY_SPENT = Counter("lethe_ai_day_spent_total", "Turns begun with the clinic's AI calls of the day spent.")


@cache
def child(metric: Any, *labels: str) -> Any:
    """Return the series of `metric` with these labels; kept, since looking one up costs more than counting."""
    return metric.labels(*labels)


def serve(port: int, host: str = "127.0.0.1") -> Any:
    """Serve this process' metrics on `host`:`port`; 0 serves nothing.

    Raises:
        OSError: The port is taken.
    """
    return start_http_server(port, addr=host) if port else None
