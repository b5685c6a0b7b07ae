"""The ledger of an environment: the table in which the driver writes down every release."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.names.names import ledger_table

TYPE = "slipway:components:Ledger"


@dataclass(frozen=True, kw_only=True)
class LedgerArgs:
    """`protect` keeps the table from being deleted, by Pulumi and by anybody else."""

    env: str
    protect: bool


class Ledger(pulumi.ComponentResource):
    """One table, paid by request, with point-in-time recovery."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: LedgerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        table = aws.dynamodb.Table(
            name,
            name=ledger_table(args.env),
            billing_mode="PAY_PER_REQUEST",
            hash_key="app",
            range_key="item",
            attributes=[
                aws.dynamodb.TableAttributeArgs(name="app", type="S"),
                aws.dynamodb.TableAttributeArgs(name="item", type="S"),
            ],
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            deletion_protection_enabled=args.protect,
            tags={"Environment": args.env},
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name = table.name
        self.register_outputs({"name": self.name})
