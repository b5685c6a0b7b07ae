"""Code that runs on Lambda: standard library and boto3 only. Each folder has a `handler.py` and a pure `logic.py`."""
