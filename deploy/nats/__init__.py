"""The broker's configuration, generated from `schemas.subjects`."""
