"""The package `mcp-secure`: signs the cases in the earlier format, and says what it makes of what this library signed."""

import json
import math
import random
import struct

import mcp_secure as package
from common import TwoDaysAgo, WholeSecond, attempt, clock_of, code_of, environment, main, with_clock

ROOT = "earlier.mcps.test"


def message_row(case, key):
    message = case["message"]
    signed = with_clock(
        clock_of(case), lambda: package.sign_message(message, "asp_" + "a5" * 16, key["private_key"])
    )
    wire = json.dumps(signed)
    return {
        "name": case["name"],
        "wire": wire,
        "signed_text": json.dumps(message),
        "package_verdict": code_of(package.verify_message(json.loads(wire), key["public_key"])),
    }


def tool_row(case, key):
    tool = case["tool"]
    signature = package.sign_tool(tool, key["private_key"])
    return {
        "name": case["name"],
        "wire": json.dumps(tool),
        "signature": signature,
        "package_verdict": package.verify_tool(tool, signature, key["public_key"]),
    }


def passport_cases(keys):
    """Yields (name, signing key, expected outcome from the text, expected outcome from a parsed value, maker)."""

    def make(signer, name, **options):
        passport = package.create_passport(name, public_key=keys["agent"]["public_key"], **options)
        return package.sign_passport(passport, keys[signer]["private_key"])

    yield "self-signed", "agent", None, None, lambda: make("agent", "self")
    yield "issued", "root", None, None, lambda: make("root", "agent", issuer=ROOT, capabilities=["tools/call"], version="2.0.0")
    yield "text-beyond-ascii", "root", None, None, lambda: make("root", "agent ✓ 代理 \U0001f510", issuer=ROOT, capabilities=["größe"])
    yield "scanned", "root", None, None, lambda: make(
        "root", "scanned", issuer=ROOT, scan_results={"score": 97, "ratio": 0.75, "risk": 1e-7, "note": "\x7f\x00\u2028", "10": "ten", "9": "nine"}
    )
    yield "scan-member-names-beyond-the-bmp", "root", None, None, lambda: make(
        "root", "order", issuer=ROOT, scan_results={"\uff5e": 1, "\U0001f600": 2}
    )
    yield "scan-with-integral-float", "root", None, "passport_signature_invalid", lambda: make(
        "root", "float", issuer=ROOT, scan_results={"score": 9.0}
    )
    yield "whole-second", "root", None, None, lambda: with_clock(WholeSecond, lambda: make("root", "whole second", issuer=ROOT))
    yield "expired", "root", "passport_expired", "passport_expired", lambda: with_clock(
        TwoDaysAgo, lambda: make("root", "expired", issuer=ROOT, ttl_days=1)
    )
    yield "signed-by-another-key", "old", "passport_signature_invalid", "passport_signature_invalid", lambda: make(
        "old", "forged", issuer=ROOT
    )


def passport_row(case, keys):
    name, signer, text, value, make = case
    passport = make()
    return {
        "name": name,
        "signing_key": signer,
        "wire": json.dumps(passport),
        "package_verdict": {
            "format": code_of(package.validate_passport_format(passport)),
            "signature": package.verify_passport_signature(passport, keys[signer]["public_key"]),
        },
        "expected": {"reason": text} if text else {"ok": True},
        "expected_from_value": {"reason": value} if value else {"ok": True},
    }


def floats():
    """Doubles by their 16 hex digits, and what Python writes for them: edges of the notation, and a fixed random choice."""
    edges = [0.0, -0.0, 1.0, 1e15, 9999999999999998.0, 1e16, 2.0**53, 1e20, 1e21, 1e22, 0.1, 0.0001, 0.00012, 0.00001]
    edges += [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 123456789.123, 1e-7, -1.5, 1 / 3, 4.35, 2**-20]
    choice = random.Random(8785)
    values = list(edges)
    for _ in range(400):
        values.append(choice.choice((-1, 1)) * choice.random() * 10.0 ** choice.randint(-30, 30))
        value = struct.unpack(">d", choice.randbytes(8))[0]
        values += [value] if math.isfinite(value) else []
    return [[struct.pack(">d", value).hex(), json.dumps(value)] for value in values]


def sign(request):
    cases = request["cases"]
    keys = {name: package.generate_key_pair() for name in ("agent", "root", "old")}
    not_a_number = {"name": "not-a-number", "earlierText": "message_not_canonical"}
    message = {"jsonrpc": "2.0", "id": 99, "method": "tools/call", "params": {"name": "n", "arguments": {"value": float("nan")}}}
    return {
        "environment": environment("mcp-secure"),
        "keys": {name: package.public_key_to_jwk(pair["public_key"]) for name, pair in keys.items()},
        "messages": [message_row(case, keys["agent"]) for case in [*cases["messages"], {**not_a_number, "message": message}]],
        "tools": [tool_row(case, keys["agent"]) for case in cases["tools"]],
        "floats": floats(),
        "passports": [passport_row(case, keys) for case in passport_cases(keys)],
    }


def verify(request):
    pem, passport_pem = request["public_key_pem"], request["passport_key_pem"]
    return {
        "messages": [attempt(lambda row=row: code_of(package.verify_message(json.loads(row["wire"]), pem))) for row in request["messages"]],
        "tools": [attempt(lambda row=row: package.verify_tool(json.loads(row["wire"]), row["signature"], pem)) for row in request["tools"]],
        "passports": [
            {
                "format": code_of(package.validate_passport_format(json.loads(row["wire"]))),
                "signature": attempt(lambda row=row: package.verify_passport_signature(json.loads(row["wire"]), passport_pem)),
            }
            for row in request["passports"]
        ],
    }


main({"sign": sign, "verify": verify})
