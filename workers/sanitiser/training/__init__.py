"""How the sanitiser's two readers are trained: by `lethe train sanitiser` alone, never by a running sanitiser."""
