"""An MCP client over standard input and output, in the published format. Tells on standard error what it was answered.

CALLS, in the environment, is a list of {method, params}: what it asks after the handshake.
"""

import json
import os
import sys

from published_peer import Peer, Refused

peer = Peer.from_environment()


def write(message):
    print(peer.sign({"jsonrpc": "2.0", **message}), flush=True)


def tell(event):
    print(json.dumps(event), file=sys.stderr, flush=True)


def ask(number, method, params):
    write({"id": number, "method": method, "params": params})
    while line := sys.stdin.readline():
        try:
            message = peer.open(line)
        except Refused as refused:
            tell({"refused": refused.error["code"]})
            return None
        if message.get("id") == number and "method" not in message:
            tell(message)
            return message
    return None


client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "python", "version": "1.0.0"}}
opened = ask(0, "initialize", client)
if opened is not None and "result" in opened:
    write({"method": "notifications/initialized"})
    for number, call in enumerate(json.loads(os.environ["CALLS"]), 1):
        ask(number, call["method"], call["params"])
