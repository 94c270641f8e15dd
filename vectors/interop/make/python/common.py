"""What both runs share: where they ran, clocks, test keys, and one JSON document in, one out."""

import importlib.metadata
import json
import platform
import sys
import time
from datetime import datetime

from mcp_secure import core


def environment(distribution):
    return {
        "package": distribution,
        "package_version": importlib.metadata.version(distribution),
        "python": platform.python_version(),
        "cryptography": importlib.metadata.version("cryptography"),
    }


class WholeSecond(datetime):
    """A clock that never shows a fraction: the package then writes timestamps without one."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(int(time.time()), tz)


class TwoDaysAgo(datetime):
    """A clock that is two days late, for passports that are past their time."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time() - 2 * 86400, tz)


def with_clock(clock, call):
    """Runs `call` with another clock in place of the package's; with its own where `clock` is None."""
    if clock is None:
        return call()
    saved, core.datetime = core.datetime, clock
    try:
        return call()
    finally:
        core.datetime = saved


def clock_of(case):
    return WholeSecond if case.get("wholeSecond") else None


def attempt(call):
    """The outcome of a call into the package: its value, or the name of the exception it let escape."""
    try:
        return {"value": call()}
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is being recorded
        return {"raised": type(error).__name__}


def code_of(verdict):
    """The package's own verdict as {valid, code}."""
    error = verdict.get("error")
    return {"valid": verdict["valid"], "code": error["code"] if error else None}


def main(commands):
    request = json.load(sys.stdin)
    json.dump(commands[sys.argv[1]](request), sys.stdout)
