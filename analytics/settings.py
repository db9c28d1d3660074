"""Settings of the analytics process: values only."""

from __future__ import annotations

from schemas.bus import BusSettings


class AnalyticsSettings(BusSettings, frozen=True, kw_only=True):
    """Where events come from, where they are kept, where figures are served."""

    clickhouse_url: str = ""
    """``http(s)://user:password@host:port`` of a ClickHouse server; "" opens chDB in `data_dir`."""
    data_dir: str = ".lethe/data/analytics"
    """chDB's folder, opened by this process alone."""
    http_host: str = "127.0.0.1"
    http_port: int = 8001
    """Dashboard and query API."""
    access_token_file: str = ""
    """File that holds the token which opens every clinic's figures; "" opens none."""
    batch_rows: int = 5_000
    """Most events stored at once; one insert is one part, so at most the engine's block of a million."""
    batch_wait_s: float = 1.0
    """How long a batch gathers."""
    reconcile_every_s: float = 3_600.0
    """How often raw rows and rollups are compared."""
    replicas: int = 1
    """Copies of the event stream in the broker's cluster: 1 or 3."""
    stream_max_bytes: int = 512 * 1024 * 1024
    """The stream's size; beyond it the broker refuses new events rather than dropping old ones."""
