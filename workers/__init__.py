"""The three kinds of worker on a turn's way: sanitiser, router, llm. They do not know each other."""
