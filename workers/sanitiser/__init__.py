"""The sanitiser: hides personal data in a visitor's message before anything else reads it.

The way of a message: `runtime.batch` → `handler.sanitise` → `engine.Engine.analyse` (`normalise` → the `recognisers`:
shapes, then cues, then the `tagger` and, where it is in doubt, the `second_reader`; Presidio's engine around them where
a deployment adds recognisers of its own → `keep` → `spans`) and `seam` (what is split over two messages) →
`redact.redact`.
`profile` says what goes besides in some countries; `guard` does the same to a text that comes in pieces.
`training` makes the tagger's model and fine-tunes the reader's; nothing of it runs in the worker.
"""
