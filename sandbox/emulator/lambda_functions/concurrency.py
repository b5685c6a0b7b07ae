"""Lambda's rule for reserved concurrency: the last hundred copies of an account can't be reserved.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

import json
from collections.abc import Callable

from ministack.services import lambda_svc

from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal, body_of, error, replace
from sandbox.emulator.service_quotas.api import applied

NEEDS: Needs = {
    "ministack.services.lambda_svc": ("_functions", "_get_account_settings", "_put_function_concurrency"),
}

UNRESERVED = 100
SERVICE, CODE = "lambda", "L-B99A9384"

Put = Callable[[str, Record], Answer]
Ask = Callable[[], Answer]


def install() -> None:
    """Hold PutFunctionConcurrency to what the account has, and have GetAccountSettings tell that."""
    replace(lambda_svc, "_put_function_concurrency", _put)
    replace(lambda_svc, "_get_account_settings", _settings)


def _put(original: Put) -> Put:
    def put(name: str, data: Record) -> Answer:
        left = applied(SERVICE, CODE) - _reserved(but=name) - int(data.get("ReservedConcurrentExecutions") or 0)
        if left < UNRESERVED:
            return error(
                Refusal(
                    "InvalidParameterValueException",
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                    f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}].",
                )
            )
        return original(name, data)

    return put


def _settings(original: Ask) -> Ask:
    def settings() -> Answer:
        status, headers, _ = made = original()
        body, most = body_of(made), int(applied(SERVICE, CODE))
        body["AccountLimit"] |= {
            "ConcurrentExecutions": most,
            "UnreservedConcurrentExecutions": most - _reserved(but=""),
        }
        return status, headers, json.dumps(body).encode()

    return settings


def _reserved(but: str) -> int:
    return sum(int(row.get("concurrency") or 0) for name, row in lambda_svc._functions.items() if name != but)
