"""The `lethe` command, the one-machine runner, and what an operator deploys. The sole composition root."""
