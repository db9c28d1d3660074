"""Everything on one machine: what `lethe up` runs."""
