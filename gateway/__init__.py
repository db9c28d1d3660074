"""The gateway: HTTP in, server-sent events out. No model, no database; nothing outlives a turn."""
