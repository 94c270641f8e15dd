"""An MCP server over standard input and output, in the published format. Tells on standard error what was called and what was refused."""

import json
import sys

from published_peer import Peer, Refused, answer_to, refusal


def tell(**event):
    print(json.dumps(event), file=sys.stderr, flush=True)


peer = Peer.from_environment()
for line in sys.stdin:
    try:
        answer = answer_to(peer.open(line), lambda value: tell(called=value))
    except Refused as refused:
        tell(refused=refused.error["code"])
        answer = refusal(line, refused)
    if answer is not None:
        print(peer.sign(answer), flush=True)
