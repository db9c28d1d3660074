"""Settings of the analytics process: values only."""

from __future__ import annotations

from schemas.bus import BusSettings


class AnalyticsSettings(BusSettings, frozen=True, kw_only=True):
    """Where events come from, where they are kept, where figures are served."""

    clickhouse_url: str = ""
    """``http(s)://user:password@host:port`` of a ClickHouse server; "" opens chDB in `data_dir`."""
    clickhouse_writer_url: str = ""
    """The same for the user that inserts events and may do nothing else; "" is `clickhouse_url`."""
    clickhouse_reader_url: str = ""
    """The same for the user that reads published figures, which are then all that is served; "" is `clickhouse_url`."""
    data_dir: str = ".lethe/data/analytics"
    """chDB's folder, opened by this process alone."""
    http_host: str = "127.0.0.1"
    """Beyond loopback only with `public_url`."""
    http_port: int = 8001
    """Dashboard and query API."""
    public_url: str = ""
    """``https://host`` as browsers address the dashboard, behind what ends TLS."""
    access_token_file: str = ""
    """File that holds the token which opens every clinic's figures; "" opens none."""
    clinic_tokens: str = ""
    """File of clinics' access tokens (`lethe clinic token`); "" opens none."""
    clinics: str = ""
    """Folder of clinic files, for time zones and names; "": days are UTC's."""
    batch_rows: int = 5_000
    """Most events stored at once; one insert is one part, so at most the engine's block of a million."""
    batch_wait_s: float = 1.0
    """How long a batch gathers."""
    reconcile_every_s: float = 3_600.0
    """How often raw rows and rollups are compared."""
    close_every_s: float = 30.0
    """How often it is looked for days that are over."""
    fewest_conversations: int = 5
    """Fewest behind a figure (k), at least 5; a change counts from the next 12 weeks on."""
    noise_epsilon: float = 0.0
    """Budget of noise a turn, of figures closed from now on (`analytics.noise`); 0 adds none."""
    replicas: int = 1
    """Copies of the event stream in the broker's cluster: 1 or 3."""
    stream_max_bytes: int = 512 * 1024 * 1024
    """The stream's size; beyond it the broker refuses new events rather than dropping old ones."""
    mail_outbox: str = ""
    """Folder of weekly letters, which also remembers what was sent; "" writes none."""
    smtp_url: str = ""
    """``smtps://user:password@host:port`` or ``smtp://…`` with STARTTLS; "" sends none."""
    mail_from: str = ""
    """Sender of letters, an address; needed with `smtp_url`."""
    mail_to: str = ""
    """Recipient of every letter; "": each clinic's own address."""
