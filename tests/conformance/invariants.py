"""Evaluates the invariants that HL7 publishes for CDS Hooks on every reply that the tests produced.

usage: invariants.py FOLDER    (replies, one JSON file each; see tests/standard/kept.rs)

The expressions are HL7's (HL7/cds-hooks, input/fsh/invariants, build 3.0.0-ballot; CC-BY-4.0, HL7 International and Boston
Children's Hospital). The engine is fhirpathpy. Before anything is judged, each expression has to see a breach made for it.
"""

import json
import pathlib
import sys

from fhirpathpy import compile as fhirpath

INVARIANTS = {
    # name: (what it is evaluated on, expression, something that breaks it)
    "cds-resp-1": (
        "card",
        "(selectionBehavior = 'at-most-one') implies suggestions.where(isRecommended).count() <= 1",
        {"selectionBehavior": "at-most-one", "suggestions": [{"isRecommended": True}, {"isRecommended": True}]},
    ),
    "cds-resp-2": (
        "action",
        "(type = 'delete') implies (resourceId.exists() and resource.empty())",
        {"type": "delete", "resource": {"resourceType": "Task"}},
    ),
    "cds-resp-3": ("link", "(type != 'smart') implies (appContext.empty())", {"type": "absolute", "appContext": "x"}),
    "cds-resp-4": ("reason", "display.exists()", {"code": "x"}),
    "cds-resp-5": ("suggestion", "actions.all(description.exists())", {"actions": [{"type": "create"}]}),
    "cds-resp-6": ("card", "suggestions.exists() implies selectionBehavior.exists()", {"suggestions": [{"label": "x"}]}),
    "cds-resp-7": (
        "suggestion",
        "actionSelectionBehavior.empty() or actionSelectionBehavior = 'all' or actionSelectionBehavior = 'any'"
        " or actionSelectionBehavior = 'at-most-one'",
        {"actionSelectionBehavior": "some"},
    ),
}
ENGINE = {name: fhirpath(expression) for name, (_, expression, _) in INVARIANTS.items()}


def parts(reply):
    """Each part of a reply that an invariant is about, by its kind."""
    for card in reply["cards"]:
        yield "card", card
        for link in card.get("links", []):
            yield "link", link
        for reason in card.get("overrideReasons", []):
            yield "reason", reason
        for suggestion in card.get("suggestions", []):
            yield "suggestion", suggestion
            for action in suggestion.get("actions", []):
                yield "action", action
    for action in reply.get("systemActions", []):
        yield "action", action


def holds(name, part):
    return ENGINE[name](part) in ([True], [])


def main():
    for name, (_, _, breach) in INVARIANTS.items():
        if ENGINE[name](breach) != [False]:
            sys.exit(f"{name}: the engine does not see its breach")
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
    judged, breaches = dict.fromkeys(INVARIANTS, 0), []
    cards = 0
    for file in files:
        reply = json.loads(file.read_bytes())
        cards += len(reply["cards"])
        for kind, part in parts(reply):
            for name, (of, _, _) in INVARIANTS.items():
                if of == kind:
                    judged[name] += 1
                    if not holds(name, part):
                        breaches.append(f"{name}: {file.name}: {json.dumps(part)[:200]}")
    print(f"{len(files)} replies with {cards} cards; evaluations: {judged}")
    for breach in breaches:
        print(breach)
    if len(files) < 100 or not judged["cds-resp-5"]:
        sys.exit("too few replies were kept to say anything")
    sys.exit(1 if breaches else 0)


if __name__ == "__main__":
    main()
