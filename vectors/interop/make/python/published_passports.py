"""Passports made, signed and judged by the package that speaks the published format."""

import base64
import hashlib
import json

import mcp_secure as package
from common import TwoDaysAgo, WholeSecond, attempt, code_of, with_clock

ROOT = "interop.mcps.test"

# What this library makes of a chain once it is asked to accept published ones, which carry no right to issue.
PUBLISHED_CHAINS = ("chain-of-one", "chain-of-two", "chain-linked-by-key-only")


def entry(passport):
    """One link of `issuer_chain`: a passport as base64 of its JSON text."""
    return base64.b64encode(json.dumps(passport).encode()).decode()


def issued(keys, signer, name, **options):
    options.setdefault("issuer", ROOT)
    passport = package.create_passport(name, public_key=keys["agent"]["public_key"], **options)
    return package.sign_passport(passport, keys[signer]["private_key"])


def intermediate(keys, key, name, issuer, signer, ttl_days):
    passport = package.create_passport(
        name, public_key=keys[key]["public_key"], capabilities=["tools/call"], issuer=issuer, ttl_days=ttl_days
    )
    return package.sign_passport(passport, keys[signer]["private_key"])


def chains(keys):
    first = intermediate(keys, "first", "Regional Authority", ROOT, "root", 1500)
    second = intermediate(keys, "second", "Local Authority", first["passport_id"], "first", 1000)
    return first, second


def too_deep(keys):
    first, _ = chains(keys)
    passport = package.create_passport("deep", public_key=keys["agent"]["public_key"], issuer=first["passport_id"])
    passport["issuer_chain"] = [entry({"depth": depth}) for depth in range(6)]
    return package.sign_passport(passport, keys["first"]["private_key"])


def cases(keys):
    """Yields (name, signing key, expected outcome of this library or None, maker)."""
    first, second = chains(keys)
    agent = keys["agent"]
    old_key_hash = hashlib.sha256(keys["old"]["public_key"].encode()).hexdigest()

    def self_signed():
        return package.sign_passport(package.create_passport("self", public_key=agent["public_key"]), agent["private_key"])

    yield "self-signed", "agent", None, self_signed
    yield "self-unsigned", None, None, lambda: package.create_passport("quick-start", public_key=agent["public_key"])
    yield "issued", "root", None, lambda: issued(keys, "root", "agent")
    yield "issued-with-everything", "root", None, lambda: issued(
        keys, "root", "agent ✓ 代理", version="2.1.0-rc.1", origin="https://agent.example.com:8443",
        capabilities=["tools/call", "resources/read"], ttl_days=30,
    )
    yield "scanned", "root", None, lambda: issued(
        keys, "root", "scanned", scan_results={"scanner": "example", "score": 97, "ratio": 0.75, "findings": [], "ok": True}
    )
    yield "rotated-key", "root", None, lambda: issued(keys, "root", "rotated", previous_key_hash=old_key_hash)
    yield "whole-second", "root", None, lambda: with_clock(WholeSecond, lambda: issued(keys, "root", "whole second"))
    yield "seventy-capabilities-cut-to-64", "root", None, lambda: issued(
        keys, "root", "many", capabilities=[f"c{n}" for n in range(70)]
    )
    yield "chain-of-one", "first", "issuing_not_permitted", lambda: issued(
        keys, "first", "leaf one", issuer=first["passport_id"], issuer_chain=[entry(first)]
    )
    yield "chain-of-two", "second", "issuing_not_permitted", lambda: issued(
        keys, "second", "leaf two", issuer=second["passport_id"], issuer_chain=[entry(second), entry(first)]
    )
    yield "chain-linked-by-key-only", "first", "chain_link_mismatch", lambda: issued(
        keys, "first", "leaf three", issuer=first["agent"]["name"], issuer_chain=[entry(first)]
    )
    yield "expired", "root", "passport_expired", lambda: with_clock(TwoDaysAgo, lambda: issued(keys, "root", "expired", ttl_days=1))
    yield "expires-before-it-is-issued", "root", "passport_malformed", lambda: issued(keys, "root", "backwards", ttl_days=-1)
    yield "too-large", "root", "passport_too_large", lambda: issued(
        keys, "root", "large", capabilities=["x" * 160 + str(n) for n in range(60)]
    )
    yield "chain-too-deep", "first", "chain_too_deep", lambda: too_deep(keys)
    yield "scan-with-small-exponent", "root", "passport_signature_invalid", lambda: issued(
        keys, "root", "tiny", scan_results={"risk": 1e-7}
    )
    yield "scan-member-names-beyond-the-bmp", "root", "passport_signature_invalid", lambda: issued(
        keys, "root", "order", scan_results={"\uff5e": 1, "\U0001f600": 2}
    )
    yield "signed-by-another-key", "old", "passport_signature_invalid", lambda: issued(keys, "old", "forged")


def judge(passport, keys, signer):
    """Everything the package can say about a passport; `signer` names the key that it is checked with."""
    store = {ROOT: keys["root"]["public_key"]}
    return {
        "format": code_of(package.validate_passport_format(passport)),
        "signature": package.verify_passport_signature(passport, keys[signer]["public_key"]) if signer else None,
        "chain": package.verify_issuer_chain(passport, store),
        "effective_trust_level": package.get_effective_trust_level(passport, [ROOT]),
    }


def sign_all(keys):
    rows = []
    for name, signer, expected, make in cases(keys):
        passport = make()
        rows.append({
            "name": name,
            "signing_key": signer,
            "wire": json.dumps(passport),
            "canonical": package.canonical_json({k: v for k, v in passport.items() if k != "signature"}),
            "package_verdict": judge(passport, keys, signer),
            "expected": {"reason": expected} if expected else {"ok": True},
            **({"expected_with_published_chains": {"ok": True}} if name in PUBLISHED_CHAINS else {}),
        })
    return rows


def verify_all(rows):
    """Verdicts on passports of another maker: rows of {name, wire, public_key_pem, trust_store, expected_origin}."""
    verdicts = []
    for row in rows:
        passport = json.loads(row["wire"])
        pem = row["public_key_pem"]
        verdicts.append({
            "format": code_of(package.validate_passport_format(passport)),
            "signature": attempt(lambda: package.verify_passport_signature(passport, pem)),
            "chain": package.verify_issuer_chain(passport, row["trust_store"]),
            "effective_trust_level": package.get_effective_trust_level(passport, list(row["trust_store"])),
            "origin": code_of(package.validate_origin(passport, row["expected_origin"])) if row["expected_origin"] else None,
        })
    return verdicts
