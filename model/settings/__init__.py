"""Settings: one file for each part of a stack file, and the parser of all of them."""
