"""The package `mcps-secure`: signs the cases, and says what it makes of what this library signed."""

import json

import mcp_secure as package
from common import attempt, clock_of, code_of, environment, main, with_clock
from published_passports import sign_all, verify_all


def message_row(case, key):
    message, binding = case["message"], case.get("channelBinding")
    canonical = attempt(lambda: package.canonical_json(message).encode().decode())
    if "raised" in canonical:
        return {"name": case["name"], "raised": canonical["raised"]}
    signed = with_clock(
        clock_of(case),
        lambda: package.sign_message(message, "asp_" + "5a" * 16, key["private_key"], channel_binding=binding),
    )
    wire = json.dumps(signed)
    return {
        "name": case["name"],
        "channel_binding": binding,
        "wire": wire,
        "canonical": canonical["value"],
        "package_verdict": code_of(package.verify_message(json.loads(wire), key["public_key"], channel_binding=binding)),
    }


def tool_row(case, key):
    tool, origin = case["tool"], case.get("authorOrigin")
    signed = package.sign_tool(tool, key["private_key"], author_origin=origin)
    return {
        "name": case["name"],
        "wire": json.dumps(tool),
        "author_origin": origin,
        **signed,
        "package_verdict": package.verify_tool(tool, signed["signature"], key["public_key"], signed["tool_hash"], origin),
    }


def transcript_row(case, key):
    client, server = case["client"], case["server"]
    signed = package.create_transcript_binding(client, server, key["private_key"])
    return {
        "name": case["name"],
        "client": json.dumps(client),
        "server": json.dumps(server),
        **signed,
        "package_verdict": code_of(
            package.verify_transcript_binding(signed["transcript_hash"], signed["transcript_signature"], key["public_key"], client, server)
        ),
    }


def sign(request):
    cases = request["cases"]
    keys = {name: package.generate_key_pair() for name in ("agent", "root", "first", "second", "old")}
    return {
        "environment": environment("mcps-secure"),
        "keys": {name: package.public_key_to_jwk(pair["public_key"]) for name, pair in keys.items()},
        "pem": {name: pair["public_key"] for name, pair in keys.items()},
        "messages": [message_row(case, keys["agent"]) for case in cases["messages"]],
        "tools": [tool_row(case, keys["agent"]) for case in cases["tools"]],
        "transcripts": [transcript_row(case, keys["agent"]) for case in cases["transcripts"]],
        "passports": sign_all(keys),
    }


def verify(request):
    pem = request["public_key_pem"]
    return {
        "messages": [
            attempt(lambda row=row: code_of(package.verify_message(json.loads(row["wire"]), pem, channel_binding=row["channel_binding"])))
            for row in request["messages"]
        ],
        "tools": [
            attempt(lambda row=row: package.verify_tool(json.loads(row["wire"]), row["signature"], pem, row["tool_hash"], row["author_origin"]))
            for row in request["tools"]
        ],
        "transcripts": [
            attempt(lambda row=row: code_of(package.verify_transcript_binding(
                row["transcript_hash"], row["transcript_signature"], pem, json.loads(row["client"]), json.loads(row["server"])
            )))
            for row in request["transcripts"]
        ],
        "passports": verify_all(request["passports"]),
    }


main({"sign": sign, "verify": verify})
