"""Analytics: anonymous events from JetStream into ClickHouse, and the figures that may be shown of them."""
