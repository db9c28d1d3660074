"""Training the router's classifier from the repository's own examples; needs scikit-learn, a development package."""
