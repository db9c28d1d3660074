"""The dashboard: pages and the query API over released figures."""
