"""Calls functions of the installed package as standard input says, one JSON document a line.

{"call", "args", "named"} in; {"text"}, the JSON text of the result, or {"raised"}, the name of an exception, out.
"""

import json
import platform
import sys

import mcp_secure as package


def answer(request):
    if request["call"] == "python_version":
        return {"text": json.dumps(platform.python_version())}
    try:
        result = getattr(package, request["call"])(*request["args"], **request["named"])
        return {"text": json.dumps(result)}
    except Exception as error:  # noqa: BLE001 - whatever escapes from the package is the answer
        return {"raised": type(error).__name__}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
