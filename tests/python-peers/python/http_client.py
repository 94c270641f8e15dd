"""An MCP client over Streamable HTTP, in the published format. Tells on standard output what it was answered.

SERVER_URL is whom it asks, and CALLS a list of {method, params}: what, after the handshake.
"""

import json
import os
import urllib.request

from published_peer import Peer, Refused

peer = Peer.from_environment()
session = {}


def post(message):
    """Returns the opened answer; None where there is none."""
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **session}
    body = peer.sign({"jsonrpc": "2.0", **message}).encode()
    request = urllib.request.Request(os.environ["SERVER_URL"], data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as response:
        if "Mcp-Session-Id" in response.headers:
            session["Mcp-Session-Id"] = response.headers["Mcp-Session-Id"]
        text = response.read().decode()
    if response.headers.get_content_type() == "text/event-stream":
        texts = [line[6:] for line in text.split("\n") if line.startswith("data: {")]
    else:
        texts = [text] if text else []
    for text in texts:
        answer = peer.open(text)
        if answer.get("id") == message.get("id"):
            return answer
    return None


def ask(number, method, params):
    try:
        answer = post({"id": number, "method": method, "params": params})
    except urllib.error.HTTPError as error:
        answer = {"status": error.code, "body": peer.open(error.read().decode())}
    except Refused as refused:
        answer = {"refused": refused.error["code"]}
    print(json.dumps(answer), flush=True)
    return answer


client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "python", "version": "1.0.0"}}
opened = ask(0, "initialize", client)
if "result" in opened:
    session["MCP-Protocol-Version"] = opened["result"]["protocolVersion"]
    post({"method": "notifications/initialized"})
    for number, call in enumerate(json.loads(os.environ["CALLS"]), 1):
        ask(number, call["method"], call["params"])
