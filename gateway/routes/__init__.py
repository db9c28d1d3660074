"""The gateway's HTTP routes, a file a subject."""
