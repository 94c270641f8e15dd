"""A peer that speaks the published format with the package `mcps-secure`, and an MCP server to speak for.

PUBLISHED_PEER, in the environment, is {passport, private_key, authority_key, peers}: who this is, and the passports of those it may
believe, if the authority has signed them. A message is believed once, while its time holds, from one of them.
"""

import base64
import json
import os

import mcp_secure as package
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Refused(Exception):
    """A message that is not believed; `error` is one of the package's error codes."""

    def __init__(self, error):
        super().__init__(error["code"])
        self.error = error


def pem_of(jwk):
    """The package takes keys as PEM, and passports hold JWKs."""
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("x", "y"))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class Peer:
    def __init__(self, settings):
        self.passport_id = settings["passport"]["passport_id"]
        self._private_key = settings["private_key"]
        self._nonces = package.NonceStore()
        self._keys = {}
        for passport in settings["peers"]:
            verdict = package.validate_passport_format(passport)
            if not verdict["valid"]:
                raise Refused(verdict["error"])
            if not package.verify_passport_signature(passport, settings["authority_key"]):
                raise Refused(package.ERROR_CODES["INVALID_PASSPORT"])
            self._keys[passport["passport_id"]] = pem_of(passport["public_key"])

    @classmethod
    def from_environment(cls):
        return cls(json.loads(os.environ["PUBLISHED_PEER"]))

    def sign(self, message):
        """The signed message as the text that travels."""
        return json.dumps(package.sign_message(message, self.passport_id, self._private_key))

    def open(self, text):
        """The message without its envelope. Raises `Refused` unless it is believed."""
        envelope = json.loads(text)
        mcps = envelope.get("mcps")
        key = self._keys.get(mcps.get("passport_id")) if isinstance(mcps, dict) else None
        if key is None:
            raise Refused(package.ERROR_CODES["INVALID_PASSPORT"])
        verdict = package.verify_message(envelope, key)
        if not verdict["valid"]:
            raise Refused(verdict["error"])
        if not self._nonces.check(mcps["nonce"]):
            raise Refused(package.ERROR_CODES["REPLAY_ATTACK"])
        return {name: value for name, value in envelope.items() if name != "mcps"}


TOOLS = [
    {
        "name": "echo",
        "description": "Says it back",
        "inputSchema": {"type": "object", "properties": {"value": {}}, "required": ["value"]},
    }
]


def result_of(message, called):
    method, params = message["method"], message.get("params", {})
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}, "mcps": {"version": "1.0"}},
            "serverInfo": {"name": "python", "version": "1.0.0"},
        }
    if method == "ping":
        return {}
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        value = params["arguments"]["value"]
        called(value)
        return {"content": [{"type": "text", "text": json.dumps(value, ensure_ascii=False)}], "structuredContent": {"value": value}}
    return None


def answer_to(message, called):
    """What an MCP server answers to a message; None to what is no request. `called` is told of every call of a tool."""
    if "id" not in message or "method" not in message:
        return None
    result = result_of(message, called)
    if result is None:
        return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "Method not found"}}
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def refusal(text, refused):
    """What is answered to a request that is not believed."""
    error = {"code": refused.error["jsonrpc_code"], "message": refused.error["message"], "data": {"code": refused.error["code"]}}
    return {"jsonrpc": "2.0", "id": json.loads(text).get("id"), "error": error}
