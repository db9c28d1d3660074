"""The LLM worker: answers what the clinic's file alone did not, with a model or with the clinic's own texts."""
