"""The platform of one environment: network, cluster, image registry, and every app of the catalogue on them."""

import pulumi
import pulumi_aws as aws

from components import config, echo, freezing, log_archive
from components.alarms import Alarms, AlarmsArgs
from components.app import App, AppArgs
from components.cluster import Cluster, ClusterArgs
from components.deploy_role import deploy_role
from components.ingress import Ingress, IngressArgs
from components.inventory import Inventory, joined
from components.ledger import Ledger, LedgerArgs
from components.network import Network, NetworkArgs
from components.registry import Registry, RegistryArgs

settings, run = config.load()
last, apps = echo.read(), run.evaluated(settings.apps)
account, inventory = aws.get_caller_identity().account_id, Inventory()
network = Network(settings.env, NetworkArgs(settings=settings, account=account))
ingress = Ingress(settings.env, IngressArgs(settings=settings, account=account, network=network, echo=last))
Ledger(settings.env, LedgerArgs(env=settings.env, protect=settings.protect))
cluster = Cluster(settings.env, ClusterArgs(settings=settings))
registry = Registry("registry", RegistryArgs(settings=settings, apps=last.with_repositories(run.scope, apps)))
platform = {"settings": settings, "account": account, "network": network, "ingress": ingress, "cluster": cluster}
platform |= {"alarms": Alarms(settings.env, AlarmsArgs(**platform, inventory=inventory)), "registry": registry}
platform |= {"archive": log_archive.build(settings, account, inventory)}

urls, watched, made = last.beside(run.scope, "urls"), last.beside(run.scope, "monitoring"), dict[str, App]()
for name, spec in apps.items():
    freezing.announce(settings, name, last)
    app = made[name] = App(name, AppArgs(spec=spec, plan=freezing.plan(name, run, last), **platform))
    urls[name], watched[name] = app.urls, app.monitoring
deploy_role(settings, account, run.scope)

pulumi.export("environment", settings.env)
pulumi.export("cluster", cluster.name)
pulumi.export("vpcId", network.vpc_id)
pulumi.export("urls", joined(urls))
pulumi.export("monitoring", inventory.of_environment(settings, account, cluster.arn, watched))
