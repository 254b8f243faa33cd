#!/usr/bin/env python3
"""Writes src/r4.tsv, the table of FHIR R4 that the check reads, from HL7's own definitions.

    mvn dependency:copy -Dartifact=ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:8.12.1 -DoutputDirectory=.
    ./make_table.py hapi-fhir-validation-resources-r4-8.12.1.jar > src/r4.tsv

The jar (Apache-2.0) carries HL7's files of FHIR 4.0.1 (CC0) as they are: profiles, value sets, code systems.
"""
import sys
import xml.etree.ElementTree as tree
from zipfile import ZipFile

jar = ZipFile(sys.argv[1])
PATH = "http://hl7.org/fhirpath/System."
MOST_CODES = 200  # longer lists (all languages, all types) are not worth their place
MANY = {"element", "include", "exclude", "concept", "filter", "valueSet", "type", "extension", "profile"}


def plain(node):
    """FHIR XML as the plain values of its JSON, as far as this script needs it."""
    if "value" in node.attrib:
        return node.attrib["value"]
    found = {}
    for child in node:
        name = child.tag.split("}")[1]
        if name in MANY and not (name == "type" and node.tag.endswith("StructureDefinition")):
            found.setdefault(name, []).append(plain(child))
        else:
            found[name] = plain(child)
    if "url" in node.attrib:
        found["url"] = node.attrib["url"]
    return found


def resources(file, kind):
    root = tree.fromstring(jar.read(f"org/hl7/fhir/r4/model/{file}"))
    return [plain(node) for node in root.iter(f"{{http://hl7.org/fhir}}{kind}")]


# Without constraints on other types: SimpleQuantity and MoneyQuantity are profiles of Quantity.
definitions = [
    d
    for file in ("profile/profiles-types.xml", "profile/profiles-resources.xml")
    for d in resources(file, "StructureDefinition")
    if d.get("derivation") != "constraint" and d["kind"] in ("complex-type", "resource")
]
sets, systems = {}, {}
for file in ("valueset/valuesets.xml", "valueset/v3-codesystems.xml"):
    for s in resources(file, "ValueSet"):
        sets.setdefault(s["url"], s)
    for s in resources(file, "CodeSystem"):
        systems.setdefault(s["url"], s)


def concepts(of):
    for concept in of.get("concept", []):
        yield concept["code"]
        yield from concepts(concept)


def codes(url, seen=()):
    """Every code of a value set, or None where it cannot be spelt out from these files."""
    url = url.split("|")[0]
    found = sets.get(url)
    if found is None or url in seen or found["compose"].get("exclude"):
        return None
    result = []
    for part in found["compose"]["include"]:
        if "filter" in part:
            return None
        if "valueSet" in part:
            if len(part["valueSet"]) != 1 or "system" in part:
                return None
            more = codes(part["valueSet"][0], (*seen, url))
        elif "concept" in part:
            more = [c["code"] for c in part["concept"]]
        else:
            system = systems.get(part["system"])
            complete = system and system["content"] == "complete" and not system.get("supplements")
            more = list(concepts(system)) if complete else None
        if more is None:
            return None
        result += more
    result = list(dict.fromkeys(result))
    assert result and not any("\t" in c or " " in c for c in result), url
    return result if len(result) <= MOST_CODES else None


bound = {}


def binding(element):
    """The name of the list of codes, for a code whose binding is required."""
    b = element.get("binding", {})
    if b.get("strength") != "required" or [t["code"] for t in element["type"]] != ["code"]:
        return None
    url = b["valueSet"][0].split("|")[0]
    listed = codes(url)
    if listed is None:
        print(f"not listed: {element['path']} {url}", file=sys.stderr)
        return None
    name = url.rsplit("/", 1)[1]
    assert bound.setdefault(name, listed) == listed, name
    return name


def types(element, nested):
    if "contentReference" in element:
        return [element["contentReference"].lstrip("#")]
    if element["path"] in nested:
        return [element["path"]]
    if element["path"] == "Resource.id":
        return ["System.id"]  # 4.0.1 says string by mistake; the text of the specification says id
    found = []
    for t in element["type"]:
        code = t["code"]
        if code.startswith(PATH):
            fhir = next(e for e in t["extension"] if e["url"].endswith("structuredefinition-fhir-type"))
            code = "System." + (fhir.get("valueUrl") or fhir["valueUri"])
        found.append(code)
    return list(dict.fromkeys(found))


extension = next(d for d in definitions if d["name"] == "Extension")
open_choice = next(types(e, ()) for e in extension["differential"]["element"] if e["path"] == "Extension.value[x]")

lines = []
for definition in sorted(definitions, key=lambda d: (d["kind"] == "resource", d["name"])):
    elements = definition["differential"]["element"]
    nested = {e["path"].rsplit(".", 1)[0] for e in elements}
    blocks = {}
    for element in elements:
        path, parent = element["path"], element["path"].rsplit(".", 1)[0]
        if path in nested:
            base = definition.get("baseDefinition", "/").rsplit("/", 1)[1]
            base = base if path == definition["name"] else element["type"][0]["code"]
            abstract = "abstract" if definition["abstract"] == "true" and path == definition["name"] else ""
            kind = definition["kind"] if path == definition["name"] else "part"
            blocks[path] = ["\t".join([path, base or "-", abstract or kind])]
        if path == definition["name"]:
            if path not in blocks:
                base = definition["baseDefinition"].rsplit("/", 1)[1]
                blocks[path] = ["\t".join([path, base, definition["kind"]])]
            continue
        assert element["max"] in ("1", "*") and element["min"] in ("0", "1"), path
        of = types(element, nested)
        many = "*" if of == open_choice and len(of) > 1 else " ".join(of)
        row = ["", path.rsplit(".", 1)[1], f"{element['min']}..{element['max']}", many, binding(element)]
        blocks[parent].append("\t".join(c for c in row if c is not None))
    lines += [line for block in blocks.values() for line in block]

print("# FHIR R4 (4.0.1), from HL7's definitions (CC0, hl7.org/fhir/R4) by make_table.py; not edited by hand.")
print("# A line at the margin begins a type: its name, its base, its kind. Below it, each of its own elements: name,")
print("# cardinality, types (* for any), and the list of its codes where the binding is required. Lists stand at the end.")
print("# System.x is a plain value: nothing may stand beside it under _name.")
print("*\t" + " ".join(open_choice))
print("\n".join(lines))
for name, listed in sorted(bound.items()):
    print(f"={name}\t" + " ".join(listed))
