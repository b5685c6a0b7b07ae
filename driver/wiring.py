"""The live world: one adapter for each port, none of which does anything until it is used."""

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from driver import console
from driver.adapters.aws.account import AwsAccount
from driver.adapters.aws.cloudwatch_logs import CloudWatchLogs
from driver.adapters.aws.dynamodb.ledger import DynamoLedger
from driver.adapters.aws.dynamodb.locks import DynamoLocks
from driver.adapters.aws.ecr.tags import EcrTags
from driver.adapters.aws.ecs.backdoor import EcsDoors
from driver.adapters.aws.ecs.events import EcsEvents
from driver.adapters.aws.ecs.mover import EcsMover
from driver.adapters.aws.ecs.one_offs import EcsOneOffs
from driver.adapters.aws.ecs.service_config import EcsShapes
from driver.adapters.aws.ecs.services import EcsServices
from driver.adapters.aws.ecs.tasks import EcsTasks
from driver.adapters.aws.existing.look import AwsExisting
from driver.adapters.aws.inventory import AwsInventory
from driver.adapters.aws.load_balancers import LoadBalancerTargets
from driver.adapters.aws.secrets_manager import SecretsManager
from driver.adapters.aws.session import Session
from driver.adapters.host.clock import SystemClock
from driver.adapters.host.signals import stop_everything
from driver.adapters.host.user import whoami
from driver.adapters.project.stack_files import load_settings
from driver.adapters.vault.kv import HashicorpVault
from driver.core.account.bootstrap import Ground
from driver.core.drift.report import Ports
from driver.core.drift.service_config import Shapes
from driver.core.ports import Images, Marks, Stacks, Vault, World
from driver.core.ports.dashboards import Dashboards
from driver.core.ports.gates import Gates
from driver.core.ports.heroku import Heroku
from driver.core.ports.metrics import Metrics
from driver.core.ports.one_off import OneOffs
from driver.core.values.existing import Existing
from driver.errors import NotReady, Unreachable
from driver.later import later
from model.settings.environment import Settings
from model.settings.notify import Grafana


def live(project: Path, env: str, message: str = "", *, needed: Collection[str] | None = None) -> World:
    """The world of one environment; `message` is why somebody works on it. Where apps are `needed`, none included, what
    is wrong with another one is told and in nobody's way.

    Raises InvalidInput when there is no such environment or its settings are wrong.
    """
    settings = load_settings(project, env, needed, console.say)
    session = Session(settings.region)
    locks = DynamoLocks(session, env)
    existing = AwsExisting(session, env, console.say)
    return World(
        settings=settings,
        stacks=later(lambda: _stacks(project, existing)),
        images=later(lambda: _images(session, settings)),
        tags=EcrTags(session, settings.registry.account),
        vault=HashicorpVault(settings.vault),
        secrets=SecretsManager(session, settings.vault.mount),
        ledger=DynamoLedger(session, env, locks, console.say),
        locks=locks,
        services=EcsServices(session, locks.confirm),
        tasks=EcsTasks(session, locks.confirm),
        logs=CloudWatchLogs(session),
        targets=LoadBalancerTargets(session),
        account=AwsAccount(session),
        marks=later(lambda: _marks(settings)),
        clock=SystemClock(),
        who=whoami(),
        stop=stop_everything,
        screen=console.Terminal(),
        events=EcsEvents(session),
        doors=EcsDoors(session),
        mover=EcsMover(session),
        existing=existing,
        message=message,
    )


def shapes(world: World) -> Shapes:
    """How the services of a world are set up; what is written is written under its locks only."""
    return EcsShapes(Session(world.settings.region), world.locks.confirm)


def one_offs(world: World) -> OneOffs:
    """What registers the task definitions of one-off tasks."""
    return EcsOneOffs(Session(world.settings.region))


def gates(world: World) -> Gates:
    """The rules of load balancers that answer in the place of an app."""
    from driver.adapters.aws.gates import AwsGates

    return AwsGates(Session(world.settings.region))


def drift_ports(world: World) -> Ports:
    """What drift is looked for with: reading only, but for the services that are put back."""
    return Ports(shapes=shapes(world), inventory=AwsInventory(Session(world.settings.region)))


def metrics(world: World) -> Metrics:
    """What CloudWatch counts in the region of a world."""
    from driver.adapters.aws.cloudwatch_metrics import CloudWatchMetrics

    return CloudWatchMetrics(Session(world.settings.region))


def image_sizes(world: World, app: str) -> dict[str, int]:
    """Bytes of an app's images by digest; none where the registry does not say."""
    from driver.adapters.aws.ecr.images import EcrImages

    registry = EcrImages(Session(world.settings.region), world.settings.registry.account)
    try:
        return {row.digest: row.size for row in registry.list(world.settings.names(app).repository)}
    except (NotReady, Unreachable) as error:
        console.say(f"note: sizes of images are not known: {error.message}")
        return {}


@contextmanager
def dashboards(grafana: Grafana) -> Iterator[Dashboards]:
    """The dashboards of a Grafana. Raises InvalidInput without a token."""
    from driver.adapters.grafana.dashboards import GrafanaDashboards

    with closing(GrafanaDashboards(grafana.url)) as there:
        yield there


def ground(world: World) -> Ground:
    """The account that an environment stands in."""
    from driver.adapters.aws.bootstrap import AwsGround

    return AwsGround(Session(world.settings.region))


def heroku() -> Heroku:
    """Heroku, as its CLI would find it."""
    from driver.adapters.heroku.platform import HerokuPlatform
    from driver.adapters.heroku.requests import Requests

    return HerokuPlatform(Requests(console.say))


def variables_of(settings: Settings) -> tuple[str, Vault]:
    """The mount and the server of an environment's variables."""
    return settings.vault.mount, HashicorpVault(settings.vault)


def _stacks(project: Path, existing: Existing) -> Stacks:
    from driver.adapters.pulumi.stacks import PulumiStacks

    return PulumiStacks(project, console.say, existing)


def _images(session: Session, settings: Settings) -> Images:
    from driver.adapters.aws.ecr.images import EcrImages

    return EcrImages(session, settings.registry.account, settings.platforms())


def _marks(settings: Settings) -> Marks:
    from driver.adapters.notify.notifier import Telling

    return Telling(settings.notify, console.say)
