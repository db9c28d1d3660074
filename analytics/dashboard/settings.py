"""Settings of the dashboard as a role of its own: values only."""

from __future__ import annotations

from schemas.env import Settings


class DashboardSettings(Settings, frozen=True, kw_only=True):
    """Which figures are served, where, and to whom."""

    clickhouse_url: str = ""
    """``http(s)://user:password@host:port`` of a ClickHouse server, the reader's user; must be set."""
    http_host: str = "127.0.0.1"
    """Beyond loopback only with `public_url`."""
    http_port: int = 8001
    public_url: str = ""
    """``https://host`` as browsers address the dashboard, behind what ends TLS."""
    access_token_file: str = ""
    """File that holds the token which opens every clinic's figures; "" opens none."""
    clinic_tokens: str = ""
    """File of clinics' access tokens (`lethe clinic token`); "" opens none."""
    clinics: str = ""
    """Folder of clinic files, for their names; "" shows ids."""
    log_level: str = "INFO"
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    """0 serves none."""
