"""One app: its secret, roles and processes, and the echo of the release that it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.app import security_group, task_definition
from components.app.backdoor import Backdoor, BackdoorArgs
from components.app.exec_permission import Sessions, SessionsArgs
from components.app.platform import Platform
from components.app.roles import Roles, RolesArgs
from components.app.schedules import Schedules, SchedulesArgs
from components.app.service import Service, ServiceArgs
from components.freeze import Plan
from components.ingress.dns import Address, AddressArgs
from components.ingress.web_entry import Front, FrontArgs, front
from components.monitoring_output import Inventory, Row, balancing
from model.monitoring import queue_metrics
from model.names.names import AppNames, ProcessNames
from model.names.pulumi_types import APP
from model.settings import backdoor
from model.settings.app import App as Spec
from model.settings.app import Kind, Process


@dataclass(frozen=True, kw_only=True)
class AppArgs:
    """The app's part of the catalogue, what it runs after this run, and the platform that it stands on."""

    spec: Spec
    plan: Plan
    platform: Platform


class App(pulumi.ComponentResource):
    """All processes of an app; `urls` has the address of each web process, `monitoring` what there is to watch."""

    urls: dict[str, pulumi.Output[str]]
    monitoring: pulumi.Output[Row]
    secret_arn: pulumi.Output[str]

    def __init__(self, name: str, args: AppArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(APP, name, None, opts)
        self._args = args
        self._names = AppNames(args.platform.settings.env, name)
        self._child = pulumi.ResourceOptions(parent=self)
        self.urls = {}
        self._inventory = Inventory()
        self._fronts: dict[str, Front] = {}
        self._secret = self._make_secret(self._names.app, self._names.secret, "Config of", "one version a release")
        self.secret_arn = self._secret.arn
        if args.spec.has_token:
            self._make_secret(f"{name}.hirefire", self._names.token_secret, "Token of", "for who counts its jobs")
        self._groups = {key: self._log_group(key) for key in args.spec.processes}
        self._roles = self._make_roles()
        if any(process.exec for process in args.spec.processes.values()):
            sessions = SessionsArgs(role=self._roles.task_name, log_group=args.platform.cluster.sessions_arn)
            Sessions(name, sessions, opts=self._child)
        self._security_group = security_group.security_group(self._names, args.platform.network.vpc_id, self)
        definitions = {
            key: self._task_definition(self._names.process(key), process).arn
            for key, process in args.spec.processes.items()
        }
        for key, process in args.spec.services.items():
            self._service(self._names.process(key), process, definitions[key])
        if args.spec.backdoor is not None:
            door = self._backdoor(args.spec.backdoor, definitions[backdoor.NAME])
            Backdoor(f"{name}.{backdoor.NAME}", door, opts=self._child)
        if args.spec.scheduled:
            Schedules(name, self._schedules(definitions), opts=self._child)
            self._inventory.add_dead_letters(self._names.dead_letters)
        args.platform.alarms.watch(self._names, args.spec, self._fronts, self._inventory, self._child)
        self.monitoring = self._inventory.of_app(args.plan.pin)
        # The engine saves a component's outputs at once: after a kill this still says what was attempted.
        echo = {"pin": args.plan.pin.plain(), "urls": self.urls, "monitoring": self.monitoring}
        self.register_outputs(echo)

    def _make_secret(self, logical: str, name: str, what: str, more: str) -> aws.secretsmanager.Secret:
        """A secret without a value: values come from Vault through the driver, never through Pulumi."""
        return aws.secretsmanager.Secret(
            logical,
            name=name,
            description=f"{what} {self._names.app} in {self._names.env}, {more}",
            recovery_window_in_days=self._args.platform.settings.secret_recovery_days,
            tags=self._tags,
            opts=self._child,
        )

    def _log_group(self, process: str) -> aws.cloudwatch.LogGroup:
        names, settings, archive = (
            self._names.process(process),
            self._args.platform.settings,
            self._args.platform.archive,
        )
        group, archived = task_definition.log_group(names, settings, self), settings.logs.archives(names.logical)
        self._inventory.add_log_group(names, settings.log_days, archived=archived)
        if archive is not None and archived:
            archive.subscribe(names, group, self)
        return group

    def _make_roles(self) -> Roles:
        registry = self._args.platform.registry
        args = RolesArgs(
            names=self._names,
            region=self._args.platform.settings.region,
            account=self._args.platform.account,
            repositories=[
                registry.repositories[self._names.app].arn,
                registry.bootstrap.arn,
                *self._args.spec.repositories,
            ],
            secret=self._secret.arn,
            grants=self._args.spec.grants,
            sessions=None if self._args.spec.backdoor is None else self._args.platform.cluster.sessions_arn,
        )
        return Roles(self._names.app, args, opts=self._child)

    def _service(self, names: ProcessNames, process: Process, definition: pulumi.Input[str]) -> None:
        before = self._front(names, process)
        self._inventory.add_service(names, self._balancing(names, before))
        if process.scaling is not None and (queue := process.scaling.counted) is not None:
            self._inventory.queues.append(queue_metrics.row(names, latency=queue.latency))
        args = ServiceArgs(
            names=names,
            process=process,
            plan=self._args.plan,
            task_definition_arn=definition,
            cluster=self._args.platform.cluster.name,
            capacity=self._args.platform.settings.capacity_of(process),
            subnet_ids=self._args.platform.network.task_subnet_ids,
            security_group_id=self._security_group.id,
            front=before,
            protect=self._args.platform.settings.protect,
        )
        Service(names.logical, args, opts=self._child)

    def _backdoor(self, process: Process, definition: pulumi.Input[str]) -> BackdoorArgs:
        args = self._args
        return BackdoorArgs(
            names=self._names.process(backdoor.NAME),
            settings=args.platform.settings,
            plan=args.plan,
            capacity=args.platform.settings.capacity_of(process),
            task_definition_arn=definition,
            cluster=args.platform.cluster.name,
            network=args.platform.network,
            security_group_id=self._security_group.id,
        )

    def _schedules(self, definitions: Mapping[str, pulumi.Input[str]]) -> SchedulesArgs:
        args = self._args
        return SchedulesArgs(
            names=self._names,
            region=args.platform.settings.region,
            account=args.platform.account,
            processes=args.spec.scheduled,
            definitions=definitions,
            plan=args.plan,
            cluster_arn=args.platform.cluster.arn,
            roles=self._roles,
            subnet_ids=args.platform.network.private_subnet_ids,
            security_group_id=self._security_group.id,
        )

    def _task_definition(self, names: ProcessNames, process: Process) -> aws.ecs.TaskDefinition:
        args = task_definition.TaskArgs(
            names=names,
            process=process,
            plan=self._args.plan,
            region=self._args.platform.settings.region,
            log_group=self._groups[names.process],
            bootstrap_image=self._args.platform.registry.bootstrap_image,
            secret_arn=self._secret.arn,
            execution_role_arn=self._roles.execution_arn,
            execution_role_name=self._roles.execution_name,
            task_role_arn=self._task_role(process),
            heroku_variables=self._args.spec.heroku_variables,
        )
        return task_definition.task_definition(args, self)

    def _task_role(self, process: Process) -> pulumi.Input[str]:
        own = self._roles.backdoor_arn if process.kind is Kind.BACKDOOR else None
        return self._roles.task_arn if own is None else own

    def _front(self, names: ProcessNames, process: Process) -> Front | None:
        """What stands before a web process: what the settings want, and what serves it until its next release."""
        if process.port is None:
            return None
        settings = self._args.platform.settings
        args = FrontArgs(
            door=settings.doors[names.logical],
            process=process,
            port=process.port,
            settings=settings,
            network=self._args.platform.network,
            ingress=self._args.platform.ingress,
        )
        now = self._args.plan.standing.get(names.process, settings.ingress)
        fronts = {kind: front(kind, args, self) for kind in sorted({settings.ingress, now})}
        for kind, found in fronts.items():
            security_group.admit(names, found, process.port, kind, self._security_group, self)
        stays = self._args.plan.stays(names.process, settings.ingress)
        if settings.domain is not None and settings.domain.zone is not None:
            address = AddressArgs(door=args.door, settings=settings, domain=settings.domain, fronts=fronts, stays=stays)
            Address(names.logical, address, opts=self._child)
        self.urls[names.process] = fronts[stays].url
        self._fronts[names.process] = fronts[stays]
        return fronts[stays]

    def _balancing(self, names: ProcessNames, front: Front | None) -> pulumi.Output[Row] | None:
        if front is None:
            return None
        return balancing(front.arn, [front.target_group_arn], front.dns_name, self.urls[names.process])

    @property
    def _tags(self) -> dict[str, str]:
        return {"Environment": self._names.env, "App": self._names.app}
