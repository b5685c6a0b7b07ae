"""Faults on demand: the emulator throttles, fails, dawdles or hangs up, per service and operation."""
