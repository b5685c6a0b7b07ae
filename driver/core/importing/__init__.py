"""Apps that ran elsewhere, as entries of the catalogue: what comes along, what is left, and what a person has to do."""
