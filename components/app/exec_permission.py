"""The leave of an app's tasks to open shells in them, for the processes that ask for it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.iam import exec_sessions

TYPE = "slipway:components:Sessions"


@dataclass(frozen=True, kw_only=True)
class SessionsArgs:
    """The task role, by name, and the log group of the sessions, by ARN."""

    role: pulumi.Input[str]
    log_group: pulumi.Input[str]


class Sessions(pulumi.ComponentResource):
    """One inline policy. Tasks that started before the switch was on take no session."""

    def __init__(self, name: str, args: SessionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        aws.iam.RolePolicy(
            f"{name}.exec",
            role=args.role,
            policy=pulumi.Output.json_dumps(pulumi.Output.from_input(args.log_group).apply(exec_sessions.policy)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
