import subprocess
import sys

from driver.later import later


def test_an_object_is_made_by_its_first_use_and_only_once() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("made")
        return "an Object"

    found = later(make)
    assert made == []
    assert (found.upper(), found.lower()) == ("AN OBJECT", "an object")
    assert made == ["made"]


def test_a_command_that_only_reads_imports_neither_the_engines_sdk_nor_the_registrys_client() -> None:
    code = "import sys, driver.wiring; print(sorted({'pulumi', 'httpx', 'boto3', 'hvac'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
