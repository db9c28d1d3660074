"""How the tagger is trained: used by `lethe train sanitiser` alone, never by a running sanitiser."""
