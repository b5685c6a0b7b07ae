"""What runs beside what should run, and putting it back, adopting or scaling it."""
