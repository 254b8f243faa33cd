"""The OpenAPI document of a running service against its schema, and real replies against the document.

    pip install openapi-spec-validator jsonschema
    python3 tests/conformance/openapi.py http://127.0.0.1:8080

Sends every sample of the start page, feedback, and requests of every kind that is refused. Prints one line for each kind of
reply; ends with 1 if one of them is not what the document says.
"""

import json
import pathlib
import sys
import time
import urllib.error
import urllib.request
import uuid

import jsonschema
import openapi_spec_validator

SAMPLES = pathlib.Path(__file__).parents[2] / "src" / "pages" / "samples"
SERVICES = {"patient-view": "her2-chart-review", "order-select": "her2-order-select", "order-sign": "her2-order-sign"}
JSON = {"Content-Type": "application/json"}


def call(base, method, path, body=None, headers=JSON):
    request = urllib.request.Request(base + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


def operation(document, method, path):
    """The operation that describes a call, and the path of the document under which it stands."""
    for described, verbs in document["paths"].items():
        parts, sent = described.split("/"), path.split("/")
        fits = len(parts) == len(sent) and all(p == s or p.startswith("{") for p, s in zip(parts, sent))
        if fits and method.lower() in verbs:
            return verbs[method.lower()]
    return None


def wait_for_the_seals(base):
    """The service looks at its seals for the first time once the database is there."""
    for _ in range(120):
        if call(base, "GET", "/.well-known/herald-seal.json")[0] == 200:
            return
        time.sleep(0.5)


def check(document, base, method, path, body=None, headers=JSON, expect=None):
    status, sent, content = call(base, method, path, body, headers)
    where = f"{method} {path}: {status}"
    assert expect is None or status == expect, f"{where}, expected {expect}"
    described = operation(document, method, path)
    assert described is not None, f"{where}: the document does not know this address"
    answer = described["responses"].get(str(status))
    assert answer is not None, f"{where}: the document does not name this status"
    for name, header in answer.get("headers", {}).items():
        value = sent.get(name)
        assert value is not None or not header.get("required"), f"{where}: no {name}"
        if value is not None:
            jsonschema.validate(value, header["schema"])
    if "content" in answer:
        media = sent["Content-Type"]
        assert media in answer["content"], f"{where}: {media} is not named"
        if media.endswith("json"):
            whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"]}
            whole |= {"allOf": [answer["content"][media]["schema"]]}
            validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
            faults = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(json.loads(content))]
            assert not faults, f"{where}: {faults}"
    print(f"ok  {where}")
    return content


def main(base):
    wait_for_the_seals(base)
    document = json.loads(call(base, "GET", "/openapi.json", headers={})[2])
    openapi_spec_validator.validate(document)
    print("ok  the document is OpenAPI", document["openapi"])
    for path, verbs in document["paths"].items():
        if "get" in verbs and "{" not in path:
            check(document, base, "GET", path, headers={}, expect=200)
    for service in SERVICES.values():
        for form in ("json", "md", "html"):
            check(document, base, "GET", f"/.well-known/dsi/{service}.{form}", headers={}, expect=200)
        check(document, base, "POST", f"/cds-services/{service}", b"{", expect=400)
        check(document, base, "POST", f"/cds-services/{service}", b"{}", {"Content-Type": "text/plain"}, expect=415)
        check(document, base, "POST", f"/cds-services/{service}", b" " * (5 << 20), expect=413)
        check(document, base, "POST", f"/cds-services/{service}/feedback", b'{"feedback":[]}', expect=400)
    without = {"hook": "patient-view", "hookInstance": str(uuid.uuid4()), "context": {"patientId": "p1"}}
    check(document, base, "POST", "/cds-services/her2-chart-review", json.dumps(without).encode(), expect=412)
    for sample in sorted(SAMPLES.glob("*.json")):
        body = sample.read_text().replace("{{hookInstance}}", str(uuid.uuid4())).encode()
        service = SERVICES[json.loads(body)["hook"]]
        reply = json.loads(check(document, base, "POST", f"/cds-services/{service}", body, expect=200))
        check(document, base, "POST", f"/cds-services/{service}", body, expect=200)  # the stored reply
        for card in reply["cards"]:
            said = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-26T10:00:00Z"}
            message = json.dumps({"feedback": [said]}).encode()
            check(document, base, "POST", f"/cds-services/{service}/feedback", message, expect=200)


if __name__ == "__main__":
    try:
        main(sys.argv[1].rstrip("/"))
    except (AssertionError, jsonschema.ValidationError) as fault:
        sys.exit(f"not as the document says: {fault}")
