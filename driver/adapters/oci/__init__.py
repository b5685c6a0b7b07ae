"""The registry's distribution API over HTTP."""
