//! One resource, element by element, against the table.

use serde_json::{Map, Value};

use crate::primitive::{Json, has_beside, primitive};
use crate::problem::{Fault, Problem};
use crate::table::{Element, Type, table};

/// So many problems are told; a resource that has as many may have more.
pub const MOST_PROBLEMS: usize = 100;
/// Steps from the resource down to a value: into a member, or into an array.
const DEEPEST: usize = 100;
/// A member that R4 does not know is told by so much of its name.
const LONGEST_NAME: usize = 60;

/// What is wrong with `resource`, [`MOST_PROBLEMS`] at most, in the order of the document. Empty for valid R4.
#[must_use]
pub fn strict_check(resource: &Value) -> Vec<Problem> {
    let at = resource.get("resourceType").and_then(Value::as_str).and_then(known).map_or("resource", |of| of.name);
    let mut check = Check { at: at.to_owned(), depth: 0, problems: Vec::new() };
    check.resource(resource);
    check.problems
}

/// A type that a `resourceType` may name.
fn known(name: &str) -> Option<&'static Type> {
    table().of(name).filter(|of| of.resource)
}

/// A walk: where it is, and what it found.
struct Check {
    at: String,
    depth: usize,
    problems: Vec<Problem>,
}

/// The element and the type that the name of a member means.
#[derive(Clone, Copy)]
struct Found<'t> {
    element: &'t Element,
    of: &'static str,
    /// `_name`: id and extensions of the primitive `name`.
    beside: bool,
}

impl Check {
    fn tell(&mut self, fault: Fault) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { at: self.at.clone(), fault });
        }
    }

    /// One step down, and back again.
    fn below(&mut self, step: &str, look: impl FnOnce(&mut Self)) {
        if self.problems.len() >= MOST_PROBLEMS {
            return;
        }
        if self.depth >= DEEPEST {
            return self.tell(Fault::TooDeep(DEEPEST));
        }
        let length = self.at.len();
        self.at.push_str(step);
        self.depth += 1;
        look(self);
        self.depth -= 1;
        self.at.truncate(length);
    }

    fn resource(&mut self, value: &Value) {
        let Some((members, name)) = value.as_object().zip(value.get("resourceType").and_then(Value::as_str)) else {
            return self.tell(Fault::NoResource);
        };
        match known(name) {
            Some(of) => self.object(of, members),
            None => self.below(".resourceType", |check| check.tell(Fault::UnknownResource)),
        }
    }

    fn object(&mut self, of: &'static Type, members: &Map<String, Value>) {
        let elements = table().elements(of);
        let mut seen: Vec<Found<'_>> = Vec::new();
        for (name, value) in members {
            if of.resource && name == "resourceType" {
                continue;
            }
            let Some(found) = find(&elements, name) else {
                self.below(&step(name), |check| check.tell(unknown(of, &elements, name)));
                continue;
            };
            let empty = emptiness(value);
            self.below(&step(name), |check| match empty {
                Some(what) => check.tell(Fault::Empty(what)),
                None => check.element(found, value, members.get(&partner(name))),
            });
            // What is empty counts as left out.
            if empty.is_none() {
                seen.push(found);
            }
        }
        self.cardinalities(&elements, &seen);
        self.substance(of, &seen);
    }

    /// What must be there, and what only one of may be.
    fn cardinalities(&mut self, elements: &[&Element], seen: &[Found<'_>]) {
        for &element in elements {
            let mut types: Vec<&str> =
                seen.iter().filter(|found| std::ptr::eq(found.element, element)).map(|found| found.of).collect();
            types.dedup();
            let choice = if element.choice { "[x]" } else { "" };
            let fault = if types.is_empty() && element.required {
                Fault::Missing(element.types.iter().copied().collect())
            } else if types.iter().any(|of| *of != types[0]) {
                Fault::SeveralChoices(element.members().into_iter().collect())
            } else {
                continue;
            };
            self.below(&format!(".{}{choice}", element.name), |check| check.tell(fault));
        }
    }

    /// No element consists of an id alone, and an extension says one thing.
    fn substance(&mut self, of: &Type, seen: &[Found<'_>]) {
        let has = |name: &str| seen.iter().any(|found| found.element.name == name);
        if !of.resource && !seen.is_empty() && seen.iter().all(|found| found.element.name == "id") {
            self.tell(Fault::Empty("an element with nothing but an id"));
        } else if of.name == "Extension" && has("value") == has("extension") {
            self.tell(Fault::Extension);
        }
    }

    /// `partner` is the member `_name` of `name`, or `name` of `_name`.
    fn element(&mut self, found: Found<'_>, value: &Value, partner: Option<&Value>) {
        match value {
            Value::Array(items) if found.element.many => {
                let partners = partner.and_then(Value::as_array).filter(|_| has_beside(found.of));
                for (n, item) in items.iter().enumerate() {
                    // A null keeps the place of what stands in the other array.
                    let keeps =
                        item.is_null() && partners.and_then(|others| others.get(n)).is_some_and(|it| !it.is_null());
                    self.below(&format!("[{n}]"), |check| match emptiness(item) {
                        _ if keeps => {}
                        Some(what) => check.tell(Fault::Empty(what)),
                        None => check.one(found, item),
                    });
                }
                if !found.beside && partners.is_some_and(|others| others.len() != items.len()) {
                    self.tell(Fault::Places);
                }
            }
            Value::Array(_) => self.tell(Fault::NotMany),
            one => {
                if found.element.many {
                    self.tell(Fault::NotArray);
                }
                self.one(found, one);
            }
        }
    }

    fn one(&mut self, found: Found<'_>, value: &Value) {
        let of = if found.beside { "Element" } else { found.of };
        match (primitive(of), table().of(of), value) {
            (Some(_), ..) => self.primitive(found, value),
            _ if of == "Resource" => self.resource(value),
            (None, Some(of), Value::Object(members)) => self.object(of, members),
            _ => self.tell(Fault::WrongType { found: kind(value), expected: of, form: "a JSON object" }),
        }
    }

    fn primitive(&mut self, found: Found<'_>, value: &Value) {
        let Some(primitive) = primitive(found.of) else { return };
        let fits = match (primitive.json, value) {
            (Json::Truth, Value::Bool(_)) => true,
            (Json::Number, Value::Number(number)) => (primitive.fits)(&number.to_string()),
            (Json::Text, Value::String(text)) => (primitive.fits)(text),
            _ => {
                let form = primitive.json.form();
                return self.tell(Fault::WrongType { found: kind(value), expected: primitive.name, form });
            }
        };
        let codes = table().codes(found.element);
        if !fits {
            self.tell(Fault::Format { name: primitive.name, allowed: primitive.allowed });
        } else if !codes.is_empty() && !value.as_str().is_some_and(|code| codes.contains(&code)) {
            self.tell(Fault::Code(codes.iter().copied().collect()));
        }
    }
}

fn find<'t>(elements: &[&'t Element], member: &str) -> Option<Found<'t>> {
    let beside = member.starts_with('_');
    let name = member.strip_prefix('_').unwrap_or(member);
    let (&element, of) = elements.iter().find_map(|element| Some((element, element.named(name)?)))?;
    (!beside || has_beside(of)).then_some(Found { element, of, beside })
}

fn unknown(of: &'static Type, elements: &[&Element], member: &str) -> Fault {
    match member.strip_prefix('_') {
        Some(name) if find(elements, name).is_some() => Fault::NothingBeside,
        _ => {
            let choice = |element: &Element| if element.choice { "[x]" } else { "" };
            let allowed = elements.iter().map(|element| format!("{}{}", element.name, choice(element))).collect();
            Fault::UnknownElement { of: of.name, allowed }
        }
    }
}

/// `_name` of `name`, and the other way round.
fn partner(name: &str) -> String {
    name.strip_prefix('_').map_or_else(|| format!("_{name}"), str::to_owned)
}

/// A member as a step of a path; a strange name is cut and escaped, since it goes to a terminal.
fn step(name: &str) -> String {
    if name.len() <= LONGEST_NAME && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_') {
        return format!(".{name}");
    }
    let shown: String = name.chars().take(LONGEST_NAME).collect();
    format!(".{shown:?}")
}

/// FHIR has nothing that is empty.
fn emptiness(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("null"),
        Value::String(text) if text.is_empty() => Some("an empty text"),
        Value::Array(items) if items.is_empty() => Some("an empty array"),
        Value::Object(members) if members.is_empty() => Some("an empty object"),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
