"""One line for each command that can answer in JSON: what is asked of a town whose app has one good release."""

from tests.faults.app_environment import APP, TINY

OF_APP = ("dev", APP)
ASKED: dict[str, tuple[str, ...]] = {
    "bootstrap": ("--region", "eu-west-1", "--dry-run"),
    "doctor": ("dev",),
    "up": ("dev", "--dry-run"),
    "preview": ("dev",),
    "destroy": ("dev", "--dry-run"),
    "outputs": ("dev",),
    "deploy": (*OF_APP, "--image", "good", "--dry-run"),
    "rollback": (*OF_APP, "--dry-run"),
    "promote": ("dev", "dev", APP, "--dry-run"),
    "cancel": (*OF_APP, "--dry-run"),
    "restart": (*OF_APP, "--dry-run"),
    "status": ("dev",),
    "top": ("dev",),
    "ps": OF_APP,
    "open": OF_APP,
    "events": OF_APP,
    "explain": (*OF_APP, "v1"),
    "logs": (*OF_APP, "-n", "1", "--probes"),
    "quotas": ("dev", "--request", "--dry-run"),
    "drift": ("dev", "--overwrite", "--dry-run"),
    "cost": ("dev",),
    "scale": (*OF_APP, "worker=1", "--dry-run"),
    "stats": ("dev",),
    "releases list": OF_APP,
    "releases diff": (*OF_APP, "v1", "v1"),
    "releases show": (*OF_APP, "v1"),
    "releases output": OF_APP,
    "releases retry": (*OF_APP, "v1", "--dry-run"),
    "config list": OF_APP,
    "image push": (*OF_APP, "--path", str(TINY), "--tag", "asked", "--dry-run"),
    "image wrap": (*OF_APP, "--from", "good", "--path", str(TINY), "--dry-run"),
    "image name": (*OF_APP, "--path", str(TINY)),
    "image source": ("--path", str(TINY / "nowhere")),
    "image entrypoints": ("--path", str(TINY / "nowhere")),
    "image list": OF_APP,
    "heroku import": ("acme", "--env", "dev", "--dry-run"),
    "copilot import": (str(TINY), "--env", "dev", "--dry-run"),
    "heroku push": (*OF_APP, "--to", "acme", "--path", str(TINY), "--dry-run"),
    "lock show": OF_APP,
    "network plan": ("dev",),
    "dashboards diff": ("dev",),
    "dashboards push": ("dev", "--dry-run"),
    "alarms publish": ("dev", "--dry-run"),
    "backdoor open": (*OF_APP, "--dry-run"),
    "backdoor close": (*OF_APP, "--dry-run"),
    "sandbox status": (),
    "sandbox env": (),
    "sandbox faults list": (),
}
MAY_REFUSE = {
    "promote", "cancel", "image entrypoints", "image source", "alarms publish", "backdoor open", "backdoor close",
    "rollback", "releases retry", "heroku import", "heroku push",
    "copilot import", "dashboards diff", "dashboards push",
}  # fmt: skip
"""Those to which a town may have no answer, by what happened in it before, or by what it has not: a Grafana. They say
nothing on stdout then.
"""
