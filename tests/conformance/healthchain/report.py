"""Reads our replies with HealthChain's models of CDS Hooks and tells what they refuse.

usage: report.py FOLDER ADDRESS    (replies, one JSON file each; a running service, for its discovery document)

A report and no gate: these models refuse valid replies (a link must have `autoLaunchable`, spelt so; a suggestion must say
`isRecommended`). It fails only where there was nothing to read, or where something is refused for another reason.
"""

import collections
import json
import pathlib
import sys
import urllib.request

from healthchain.models.responses.cdsdiscovery import CDSServiceInformation
from healthchain.models.responses.cdsresponse import CDSResponse
from pydantic import ValidationError

# The specification makes both optional (and writes `autolaunchable`), so a reply without them is right.
KNOWN = {("autoLaunchable", "missing"), ("isRecommended", "missing")}


def refusals(model, document):
    """What the model refuses: member and kind of fault, without places in lists."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        return [(".".join(str(part) for part in fault["loc"] if not isinstance(part, int)), fault["type"], fault["msg"])
                for fault in error.errors()]
    return []


def main():
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
    with urllib.request.urlopen(f"{sys.argv[2]}/cds-services") as reply:
        discovery = json.load(reply)
    counted, refused, cards = collections.Counter(), 0, 0
    for file in files:
        reply = json.loads(file.read_bytes())
        cards += len(reply["cards"])
        found = refusals(CDSResponse, reply)
        refused += bool(found)
        counted.update(found)
    of_discovery = refusals(CDSServiceInformation, discovery)
    counted.update(of_discovery)
    print(f"{len(files)} replies with {cards} cards: HealthChain's models read {len(files) - refused} and refuse {refused}")
    print(f"discovery with {len(discovery['services'])} services: {'refused' if of_discovery else 'read'}")
    for (member, kind, words), times in counted.most_common():
        known = (member.rsplit(".", 1)[-1], kind) in KNOWN
        print(f"  {times:5} x {member}: {words} ({'the specification makes it optional' if known else 'NOT KNOWN BEFORE'})")
    new = [member for member, kind, _ in counted if (member.rsplit(".", 1)[-1], kind) not in KNOWN]
    if not cards:
        sys.exit("no card was read: nothing can be said")
    if new:
        sys.exit(f"refused for a reason that is not known: {', '.join(new)}")


if __name__ == "__main__":
    main()
