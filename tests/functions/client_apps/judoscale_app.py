"""A worker with Judoscale's own library for RQ, as PyPI has it; it reports until it is stopped."""

import sys
import time

import redis
from judoscale.core.config import config
from judoscale.rq import judoscale_rq
from queues import filled

sys.stdout.write("0\n")
sys.stdout.flush()
# Nobody waits for the usual ten seconds here.
config.update({"REPORT_INTERVAL_SECONDS": 1})
judoscale_rq(redis.Redis.from_url(filled()))
time.sleep(60)
