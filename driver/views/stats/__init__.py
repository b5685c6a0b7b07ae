"""What `slipway stats` shows: a page to read, and a chart."""
