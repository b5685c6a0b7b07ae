"""The platform of one environment: network, cluster, image registry, and every app of the catalogue on them."""

import pulumi
import pulumi_aws as aws

from components import dashboards, freeze, pending_changes, previous_state, queue_metrics, run_config
from components.alarms.alarms import Alarms, AlarmsArgs
from components.app.app import App, AppArgs
from components.app.platform import Platform
from components.cluster.cluster import Cluster, ClusterArgs
from components.deploy_role import deploy_role
from components.ingress.shared import Ingress, IngressArgs
from components.log_archive import log_archive
from components.monitoring_output import Inventory, joined
from components.network.vpc import Network, NetworkArgs
from components.store.image_repositories import Registry, RegistryArgs
from components.store.ledger_table import Ledger, LedgerArgs

(settings, run), last = run_config.load(), previous_state.read()
plans = freeze.plans(run.evaluated(settings.apps), run, last)
account, inventory = aws.get_caller_identity().account_id, Inventory()
network = Network(settings.env, NetworkArgs(settings=settings, account=account))
ingress = Ingress(settings.env, IngressArgs(settings=settings, account=account, network=network, echo=last))
Ledger(settings.env, LedgerArgs(env=settings.env, protect=settings.protect))
cluster = Cluster(settings.env, ClusterArgs(settings=settings))
registry = Registry("registry", RegistryArgs(settings=settings, apps=last.with_repositories(run.scope, plans)))
parts = AlarmsArgs(settings=settings, account=account, network=network, ingress=ingress,
                   cluster=cluster, inventory=inventory)  # fmt: skip
inventory.add_gateways(settings, network.nat_ids)
inventory.add_stores(settings)
platform = Platform(
    settings=settings, account=account, network=network, ingress=ingress, cluster=cluster, registry=registry,
    alarms=Alarms(settings.env, parts), archive=log_archive.build(settings, account, inventory),
)  # fmt: skip
pending_changes.announce(settings, run, plans, last)
urls: dict[str, object] = {**last.beside(run.scope, "urls")}
watched: dict[str, object] = {**last.beside(run.scope, "monitoring")}
for name, plan in plans.items():
    app = App(name, AppArgs(spec=settings.apps[name], plan=plan, platform=platform))
    urls[name], watched[name] = app.urls, app.monitoring
queue_metrics.build(settings, account, inventory, urls)
deploy_role(settings, account, run.scope)
monitoring = inventory.of_environment(settings, account, cluster.arn, watched)
dashboards.build(settings, monitoring, run.scope)

pulumi.export("environment", settings.env)
pulumi.export("cluster", cluster.name)
pulumi.export("vpcId", network.vpc_id)
pulumi.export("urls", joined(urls))
pulumi.export("monitoring", monitoring)
