"""Many small objects of the log archive made into one for each window of time."""
