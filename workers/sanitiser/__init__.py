"""The sanitiser: hides personal data in a visitor's message before anything else reads it.

The way of a message: `handler.sanitise` → `engine.Engine.analyse` (`normalise` → Presidio with the `recognisers`,
the last of them the model of `rampart` → `keep` → `spans`) → `redact.redact`.
"""
