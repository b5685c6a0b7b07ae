"""Rules of signals to a command while no engine runs."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import signal, sys, time
if "ignored" in sys.argv:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
from driver.adapters.host.signals import end_in_order
end_in_order()
try:
    print("ready", flush=True)
    time.sleep(float(sys.argv[1]))
except KeyboardInterrupt:
    print("in order")
"""


def told(number: signal.Signals, *words: str) -> str:
    command = [sys.executable, "-c", PROGRAM, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        return process.communicate(timeout=60)[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_that_ends_a_command_ends_it_as_ctrl_c_does(number: signal.Signals) -> None:
    assert told(number, "60") == "in order\n"


def test_a_hangup_that_is_ignored_as_under_nohup_stays_so() -> None:
    assert told(signal.SIGHUP, "0.3", "ignored") == ""
