"""The live world: one adapter for each port, none of which does anything until it is used."""

from pathlib import Path

from driver import console
from driver.adapters.account import AwsAccount
from driver.adapters.clock import SystemClock
from driver.adapters.ecs_doors import EcsDoors
from driver.adapters.ecs_events import EcsEvents
from driver.adapters.ecs_mover import EcsMover
from driver.adapters.ecs_services import EcsServices
from driver.adapters.ecs_shapes import EcsShapes
from driver.adapters.ecs_tasks import EcsTasks
from driver.adapters.image_tags import EcrTags
from driver.adapters.interrupts import stop_everything
from driver.adapters.ledger import DynamoLedger
from driver.adapters.locks import DynamoLocks
from driver.adapters.logs import CloudWatchLogs
from driver.adapters.project import load_settings
from driver.adapters.secrets import SecretsManager
from driver.adapters.session import Session
from driver.adapters.targets import LoadBalancerTargets
from driver.adapters.vault import HashicorpVault
from driver.adapters.who import whoami
from driver.core.ports import Images, Marks, Stacks, World
from driver.core.shape import Shapes
from driver.later import later
from spec.settings import Settings


def live(project: Path, env: str, message: str = "") -> World:
    """The world of one environment; `message` is why somebody works on it.

    Raises InvalidInput when there is no such environment or its settings are wrong.
    """
    settings = load_settings(project, env)
    session = Session(settings.region)
    locks = DynamoLocks(session, env)
    return World(
        settings=settings,
        stacks=later(lambda: _stacks(project)),
        images=later(lambda: _images(session, settings)),
        tags=EcrTags(session, settings.registry.account),
        vault=HashicorpVault(settings.vault),
        secrets=SecretsManager(session),
        ledger=DynamoLedger(session, env, locks),
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
        message=message,
    )


def shapes(world: World) -> Shapes:
    """How the services of a world are set up; what is written is written under its locks only."""
    return EcsShapes(Session(world.settings.region), world.locks.confirm)


def _stacks(project: Path) -> Stacks:
    from driver.adapters.stacks import PulumiStacks

    return PulumiStacks(project, console.say)


def _images(session: Session, settings: Settings) -> Images:
    from driver.adapters.images import EcrImages

    return EcrImages(session, settings.registry.account, settings.platforms())


def _marks(settings: Settings) -> Marks:
    from driver.adapters.telling import Telling

    return Telling(settings.notify, console.say)
