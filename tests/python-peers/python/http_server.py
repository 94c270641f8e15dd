"""An MCP server over Streamable HTTP, in the published format, on a free port of 127.0.0.1, which it prints.

With AS_EVENTS in the environment it answers with event streams, and with JSON bodies without. Tells on standard error what was called
and what was refused.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from published_peer import Peer, Refused, answer_to, refusal

peer = Peer.from_environment()
as_events = "AS_EVENTS" in os.environ


def tell(**event):
    print(json.dumps(event), file=sys.stderr, flush=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def respond(self, status, content_type=None, body=b""):
        self.send_response(status)
        self.send_header("Mcp-Session-Id", "python")
        if content_type is not None:
            self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.respond(405)

    def do_DELETE(self):
        self.respond(200)

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            answer = answer_to(peer.open(text), lambda value: tell(called=value))
        except Refused as refused:
            tell(refused=refused.error["code"])
            answer = refusal(text, refused)
        if answer is None:
            self.respond(202)
        elif as_events:
            self.respond(200, "text/event-stream", f"event: message\ndata: {peer.sign(answer)}\n\n".encode())
        else:
            self.respond(200, "application/json", peer.sign(answer).encode())


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
