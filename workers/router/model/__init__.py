"""What the router learned from examples: which intents a message asks, and whether the clinic's file can answer it.

`features` describes a message, `classifier` weighs the description. The weights are a file, made anew by
`lethe train router`; `MODEL_CARD.md` says from what, and how good they are.
"""
