"""An AWS and a Vault that fit on a laptop: a development and test double, never production."""
