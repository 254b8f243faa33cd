"""Puts a switch for every mutant into the text of a source file: `crate::mutant(7)` is true where mutant 7 is alive.

The mutants are those of `cargo mutants --list --json`; tree-sitter finds the places that it names.
"""

import tree_sitter_rust
from tree_sitter import Language, Parser

PARSER = Parser(Language(tree_sitter_rust.language()))

# The end of lib.rs: the switch, a list of the switches that a test has met, and what joins two iterators in one type.
SWITCH = """
static MUTANT: std::sync::LazyLock<usize> =
    std::sync::LazyLock::new(|| std::env::var("MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0));
static MET: std::sync::LazyLock<Option<std::path::PathBuf>> =
    std::sync::LazyLock::new(|| std::env::var_os("MUTANTS_MET").map(Into::into));
static SEEN: [std::sync::atomic::AtomicBool; 10_000] = [const { std::sync::atomic::AtomicBool::new(false) }; 10_000];
/// Is this mutant alive?
#[inline]
pub fn mutant(number: usize) -> bool {
    if MET.is_some() && !SEEN[number].swap(true, std::sync::atomic::Ordering::Relaxed) {
        met(number);
    }
    *MUTANT == number
}
#[cold]
fn met(number: usize) {
    use std::io::Write as _;
    let Some(path) = &*MET else { return };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("{number}\\n").as_bytes()).unwrap();
}
/// One of two iterators.
pub enum Either<A, B> {
    /// That of a mutant.
    A(A),
    /// The true one.
    B(B),
}
impl<A: Iterator, B: Iterator<Item = A::Item>> Iterator for Either<A, B> {
    type Item = A::Item;
    fn next(&mut self) -> Option<A::Item> {
        match self {
            Self::A(iterator) => iterator.next(),
            Self::B(iterator) => iterator.next(),
        }
    }
}
"""


class File:
    """One source file with the mutants that lie in it, each as its number and what cargo-mutants says of it."""

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
        """Where the bodies of functions begin and end."""
        body = node.child_by_field_name("body") if node.type == "function_item" else None
        if body is not None:
            yield body.start_byte, body.end_byte
        for child in node.children:
            yield from self.blocks(child)

    def written(self):
        """The whole text with its switches; `placed` then holds the numbers that have one."""
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
        body = self.children(node)
        if any("::std::iter::" in value for _, value in found):
            for number, value in found:
                body = f"{{ if {self.alive(number)} {{ crate::Either::A({value}) }} else {{ crate::Either::B({body}) }} }}"
            return body
        returns = "".join(f" if {self.alive(number)} {{ return {value}; }}" for number, value in found)
        return "{" + returns + body[1:]


def binds(node):
    """Does the condition bind names (`if let`), so that it cannot stand in brackets?"""
    if node.type in ("let_condition", "let_chain"):
        return True
    return any(binds(child) for child in node.children if child.type in ("let_condition", "let_chain", "binary_expression"))
