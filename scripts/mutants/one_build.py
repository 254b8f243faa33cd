#!/usr/bin/env python3
"""All mutants of `cargo mutants --list --json` in one build, each behind a switch: minutes of compiling instead of hours.

    one_build.py CRATE LIST RESULTS [--shard K/N]

CRATE is the folder that scripts/mutants.sh has made; it is changed in place. The switch is the environment variable
MUTANT, the number of the mutant in LIST (from 1). A mutant that does not compile is "unviable", as cargo-mutants calls
it. RESULTS is appended to, one JSON line for each mutant, so that a run can be ended and taken up again.

Needs the Python packages tree-sitter and tree-sitter-rust.
"""

import argparse
import json
import os
import re
import resource
import subprocess
from pathlib import Path

import tree_sitter_rust
from tree_sitter import Language, Parser

PARSER = Parser(Language(tree_sitter_rust.language()))
SECONDS = 60  # of processor time for one stage of tests
SWITCH = """
static MUTANT: std::sync::LazyLock<u32> =
    std::sync::LazyLock::new(|| std::env::var("MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0));
/// Is this mutant alive?
pub fn mutant(number: u32) -> bool { *MUTANT == number }
"""
# What is quick and catches most comes first: a mutant is done with at the first stage that fails.
QUICK = ["domain::", "test_clinical_lines", "test_clinical::"]
ORDERS = ["test_orders", "--skip", "test_orders::rules", "--skip", "properties"]
LOADER = [
    ["rules::", "--skip", "test_"], ["test_rules::lists"], ["test_orders::rules"],
    ["test_rules::the_", "test_rules::cases"], ["test_rules::mutations"], ["test_rules::signing"],
]
OTHERS = [
    ["test_over_time", "test_fhir_rules"], ["test_clinical_fhir", "test_orders::properties"],
    ["test_cards", "test_noise", "test_fhir_examples", "fhir::"], ["test_considerations"],
]


def stages(path):
    """The tests for a mutant of the file `path`, in the order in which they are tried."""
    if path.startswith("src/rules"):
        return [LOADER[0], QUICK, *LOADER[1:], ORDERS, *OTHERS]
    first = [ORDERS, QUICK] if path.startswith("src/domain/safety") else [QUICK, ORDERS]
    return [*first, *OTHERS, *LOADER]


class File:
    """One source file with the mutants that lie in it."""

    def __init__(self, text, mutants):
        self.source, self.placed = text, set()
        lines = text.split(b"\n")
        begins = [0]
        for line in lines:
            begins.append(begins[-1] + len(line) + 1)
        self.mutants = {}
        for number, mutant in mutants:
            start = mutant["span"]["start"]
            before = lines[start["line"] - 1].decode()[: start["column"] - 1]
            at = begins[start["line"] - 1] + len(before.encode())
            self.mutants.setdefault((mutant["genre"], at), []).append((number, mutant["replacement"]))
        self.root = PARSER.parse(text).root_node
        self.bodies = {}
        bodies = list(self.blocks(self.root))
        for (genre, at), found in self.mutants.items():
            around = [(end - begin, begin) for begin, end in bodies if begin < at < end]
            if genre == "FnValue" and around:
                self.bodies[min(around)[1]] = found

    def blocks(self, node):
        body = node.child_by_field_name("body") if node.type == "function_item" else None
        if body is not None:
            yield body.start_byte, body.end_byte
        for child in node.children:
            yield from self.blocks(child)

    def written(self):
        head, tail = self.source[: self.root.start_byte], self.source[self.root.end_byte :]
        return head.decode() + self.emit(self.root) + tail.decode()

    def text(self, node):
        return self.source[node.start_byte : node.end_byte].decode()

    def alive(self, number):
        self.placed.add(number)
        return f"crate::mutant({number})"

    def children(self, node):
        parts, at = [], node.start_byte
        for child in node.children:
            parts += [self.source[at : child.start_byte].decode(), self.emit(child)]
            at = child.end_byte
        return "".join([*parts, self.source[at : node.end_byte].decode()])

    def at(self, genre, node):
        return self.mutants.get((genre, node.start_byte), [])

    def emit(self, node):
        """The text of `node` with a switch for every mutant in it."""
        special = getattr(self, node.type, None)
        return (special and special(node)) or (self.children(node) if node.children else self.text(node))

    def binary_expression(self, node):
        left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
        found = self.at("BinaryOperator", operator)
        if not found or binds(node):
            return None
        left, right = self.emit(left), self.emit(right)
        ways = [f"if {self.alive(number)} {{ {left} {other} {right} }} else" for number, other in found]
        return f"({' '.join(ways)} {{ {left} {self.text(operator)} {right} }})"

    compound_assignment_expr = binary_expression

    def unary_expression(self, node):
        found, inner = self.at("UnaryOperator", node), node.children[-1]
        if not found:
            return None
        inner, operator = self.emit(inner), self.text(node.children[0])
        return f"(if {self.alive(found[0][0])} {{ {inner} }} else {{ {operator}{inner} }})"

    def match_pattern(self, node):
        guard = node.child_by_field_name("condition")
        arm = "".join(f"!{self.alive(number)} && " for number, _ in self.at("MatchArm", node.parent))
        if guard is None:
            return arm and f"{self.children(node)} if {arm.removesuffix(' && ')}"
        text = f"({self.emit(guard)})" if not binds(guard) else self.emit(guard)
        for number, value in [] if binds(guard) else self.at("MatchArmGuard", guard):
            alive = self.alive(number)
            text = f"({alive} || {text})" if value == "true" else f"(!{alive} && {text})"
        return self.source[node.start_byte : guard.start_byte].decode() + arm + text

    def field_initializer(self, node):
        found = self.at("StructField", node)
        base = [child for child in node.parent.children if child.type == "base_field_initializer"]
        if not found or not base:
            return None
        name = self.text(node.children[0]) if node.children else self.text(node)
        value = self.emit(node.children[-1]) if len(node.children) > 1 else name
        rest = self.text(base[0]).removeprefix("..").strip()
        return f"{name}: if {self.alive(found[0][0])} {{ ({rest}).{name} }} else {{ {value} }}"

    shorthand_field_initializer = field_initializer

    def block(self, node):
        found = self.bodies.get(node.start_byte)
        if not found:
            return None
        returns = "".join(f" if {self.alive(number)} {{ return {value}; }}" for number, value in found)
        return "{" + returns + self.children(node)[1:]


def binds(node):
    """Does the condition bind names (`if let`), so that it cannot stand in brackets?"""
    if node.type in ("let_condition", "let_chain"):
        return True
    return any(binds(child) for child in node.children if child.type in ("let_condition", "let_chain", "binary_expression"))


def place(plain, crate, mutants, unviable):
    """Writes the sources with switches; the numbers of the mutants that have one."""
    placed = set()
    for path, text in plain.items():
        own = [(n, m) for n, m in enumerate(mutants, 1) if m["file"] == path and n not in unviable]
        file = File(text, own)
        written = file.written() if own else text.decode()
        placed |= file.placed
        # a switch cannot be asked in a constant; overrides.rs fills constants and has no mutants
        if not path.endswith("overrides.rs"):
            written = re.sub(r"\bconst fn\b", "fn", written)
        (crate / path).write_text(written + (SWITCH if path == "src/lib.rs" else ""))
    return placed


def not_compiling(crate):
    """The mutants that the compiler refuses."""
    command = ["cargo", "check", "--lib", "--profile", "test", "--message-format=json"]
    answer = subprocess.run(command, cwd=crate, capture_output=True, text=True, check=False)
    refused = set()
    for line in answer.stdout.splitlines():
        message = json.loads(line).get("message", {})
        if not isinstance(message, dict) or message.get("level") != "error" or not message["spans"]:
            continue
        span = min(message["spans"], key=lambda span: not span["is_primary"])
        lines = (crate / span["file_name"]).read_text().split("\n")
        begin = sum(len(text) + 1 for text in lines[: span["line_start"] - 1]) + span["column_start"] - 1
        end = sum(len(text) + 1 for text in lines[: span["line_end"] - 1]) + span["column_end"] - 1
        text = "\n".join(lines)
        numbers = lambda part: [int(number) for number in re.findall(r"crate::mutant\((\d+)\)", part)]
        inside, before = numbers(text[begin:end]), numbers(text[max(0, begin - 220) : begin])
        found = inside if 0 < len(inside) <= 2 else before[-1:]
        if not found:
            raise SystemExit(message["rendered"])
        refused.update(found)
    if answer.returncode and not refused:
        raise SystemExit(answer.stderr)
    return refused


def tried(binary, crate, number, path):
    """What the tests say of one mutant."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    environment = {**os.environ, "MUTANT": str(number), "INSTA_UPDATE": "no"}
    for stage in stages(path):
        command = [binary, "--test-threads=1", "-q", *stage]
        answer = subprocess.run(
            command, cwd=crate, env=environment, capture_output=True, check=False, preexec_fn=limit
        ).returncode
        if answer:
            return "timeout" if answer in (-24, -9) else "caught"
    return "missed"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("crate", type=Path)
    arguments.add_argument("list", type=Path)
    arguments.add_argument("results", type=Path)
    arguments.add_argument("--shard", default="0/1")
    given = arguments.parse_args()
    crate, mutants = given.crate.resolve(), json.loads(given.list.read_text())
    plain = {str(path.relative_to(crate)): path.read_bytes() for path in (crate / "src").rglob("*.rs")}
    unviable = {number for number, mutant in enumerate(mutants, 1) if "::std::iter::" in mutant["replacement"]}
    placed = place(plain, crate, mutants, unviable)
    while refused := not_compiling(crate):
        unviable |= refused
        placed = place(plain, crate, mutants, unviable)
    build = ["cargo", "test", "--lib", "--no-run", "--message-format=json"]
    built = subprocess.run(build, cwd=crate, capture_output=True, text=True, check=True).stdout.splitlines()
    binary = [json.loads(line)["executable"] for line in built if '"executable":"' in line][-1]
    if tried(binary, crate, 0, "src/domain") != "missed":
        raise SystemExit("the tests fail without any mutant")
    shard, shards = map(int, given.shard.split("/"))
    known = given.results.read_text().splitlines() if given.results.exists() else []
    done = {json.loads(line)["number"] for line in known}
    for number, mutant in enumerate(mutants, 1):
        if number % shards != shard or number in done:
            continue
        result = tried(binary, crate, number, mutant["file"]) if number in placed else "unviable"
        with given.results.open("a") as results:
            results.write(json.dumps({"number": number, "result": result, "name": mutant["name"]}) + "\n")


if __name__ == "__main__":
    main()
