//! A sample of everything that the table has, so that both readers see every element of R4 at its place.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::judges::{Tally, with_room};

/// The table, read once more and more simply than by the check.
pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../../fhir-check/src/r4.tsv")));

/// Types with their elements, and lists of codes.
#[derive(Default)]
pub(crate) struct Table {
    types: HashMap<&'static str, (&'static str, Vec<Element>)>,
    resources: Vec<&'static str>,
    codes: HashMap<&'static str, &'static str>,
}

#[derive(Clone)]
struct Element {
    name: &'static str,
    choice: bool,
    required: bool,
    many: bool,
    types: Vec<&'static str>,
    list: Option<&'static str>,
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        let (mut any, mut last) = (vec![], "");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["*", types] => any = types.split(' ').collect(),
                ["", name, cardinality, types, ref list @ ..] => {
                    let (required, many) = (cardinality.starts_with('1'), cardinality.ends_with('*'));
                    let types = if types == "*" { any.clone() } else { types.split(' ').collect() };
                    let (stem, choice) = name.strip_suffix("[x]").map_or((name, false), |stem| (stem, true));
                    let list = list.first().copied();
                    let element = Element { name: stem, choice, required, many, types, list };
                    table.types.get_mut(last).unwrap().1.push(element);
                }
                [name, base, kind] => {
                    last = name;
                    table.types.insert(name, (base, vec![]));
                    table.resources.extend((kind == "resource").then_some(name));
                }
                [list, codes] => table.codes.extend([(&list[1..], codes.split(' ').next().unwrap())]),
                _ => panic!("{line}"),
            }
        }
        table
    }

    /// Is an element of this name required and an array somewhere?
    pub(crate) fn is_required_array(&self, name: &str) -> bool {
        self.types.values().any(|(_, own)| own.iter().any(|it| it.name == name && it.required && it.many))
    }

    fn elements(&self, of: &str) -> Vec<Element> {
        let Some((base, own)) = self.types.get(of) else { return vec![] };
        let mut all = self.elements(base);
        all.extend(own.iter().cloned());
        all
    }

    /// The shortest valid value of a type.
    fn sample(&self, of: &str) -> Value {
        match of.trim_start_matches("System.") {
            "Resource" => json!({"resourceType": "Basic", "code": {"text": "x"}}),
            "Extension" => json!({"url": "http://example.org/e", "valueString": "x"}),
            "boolean" => json!(true),
            "decimal" | "integer" | "positiveInt" | "unsignedInt" => json!(1),
            "date" | "dateTime" => json!("2026-10-12"),
            "instant" => json!("2026-10-12T08:30:00Z"),
            "time" => json!("08:30:00"),
            "oid" => json!("urn:oid:1.2.3"),
            "uuid" => json!("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
            "base64Binary" => json!("QUJD"),
            "xhtml" => json!("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"),
            plain if !self.types.contains_key(plain) => json!("x"),
            of => Value::Object(self.least(of)),
        }
    }

    /// An object with what is required, or with one short element where nothing is.
    fn least(&self, of: &str) -> Map<String, Value> {
        let own = self.elements(of);
        let mut object = Map::new();
        if self.resources.contains(&of) {
            object.insert("resourceType".to_owned(), json!(of));
        }
        for element in own.iter().filter(|element| element.required) {
            object.insert(element.member(element.types[0]), self.value(element, element.types[0]));
        }
        let short = |element: &&Element| !matches!(element.name, "id" | "extension" | "modifierExtension");
        if object.is_empty() {
            let simple = |element: &&Element| !self.types.contains_key(element.types[0]);
            let one = own.iter().filter(short).find(simple).or_else(|| own.iter().find(short)).unwrap();
            object.insert(one.member(one.types[0]), self.value(one, one.types[0]));
        }
        object
    }

    fn value(&self, element: &Element, of: &str) -> Value {
        let one = element.list.map_or_else(|| self.sample(of), |list| json!(self.codes[list]));
        if element.many { json!([one]) } else { one }
    }

    /// Every element of `of` and of what is in it, each in a resource that `whole` makes of it.
    fn walk(
        &self,
        of: &'static str,
        whole: &dyn Fn(Value) -> Value,
        seen: &mut HashSet<&'static str>,
        tally: &mut Tally,
    ) {
        if !seen.insert(of) {
            return;
        }
        let least = self.least(of);
        let with = |name: &str, value: Value| {
            let mut object = least.clone();
            object.insert(name.to_owned(), value);
            whole(Value::Object(object))
        };
        tally.judge(&with("unknown", json!("x")));
        tally.judge(&with("unknown", json!([{"a": [1]}])));
        for element in self.elements(of) {
            for kind in &element.types {
                let (name, value) = (element.member(kind), self.value(&element, kind));
                let ambiguous = element.choice && least.keys().any(|other| element.may_be(other));
                if !ambiguous {
                    tally.judge(&with(&name, value.clone()));
                }
                let turned = if element.many { value[0].clone() } else { json!([value]) };
                tally.judge(&with(&name, turned));
                let primitive = !self.types.contains_key(kind);
                let other = if primitive { json!({"a": 1}) } else { json!("x") };
                tally.judge(&with(&name, if element.many { json!([other]) } else { other }));
                let beside = json!({"id": "i", "extension": [self.sample("Extension")]});
                tally.judge(&with(&format!("_{name}"), if element.many { json!([beside]) } else { beside }));
            }
            if element.required {
                let mut without = least.clone();
                without.remove(&element.member(element.types[0]));
                tally.judge(&whole(Value::Object(without)));
            }
            if let [first, second, ..] = element.types[..] {
                let mut two = least.clone();
                two.insert(element.member(first), self.sample(first));
                two.insert(element.member(second), self.sample(second));
                tally.judge(&whole(Value::Object(two)));
            }
        }
        for element in self.elements(of) {
            for kind in
                element.types.iter().copied().filter(|kind| self.types.contains_key(kind) && *kind != "Resource")
            {
                let inside = |value: Value| {
                    let mut object = least.clone();
                    object.retain(|name, _| !element.may_be(name));
                    object.insert(element.member(kind), if element.many { json!([value]) } else { value });
                    whole(Value::Object(object))
                };
                self.walk(kind, &inside, seen, tally);
            }
        }
    }
}

impl Element {
    fn member(&self, of: &str) -> String {
        let (first, rest) = of.split_at(1);
        if self.choice { format!("{}{}{rest}", self.name, first.to_uppercase()) } else { self.name.to_owned() }
    }

    fn may_be(&self, member: &str) -> bool {
        self.types.iter().any(|of| self.member(of) == member)
    }
}

#[test]
fn every_element_of_r4_is_accepted_where_it_stands_and_refused_in_another_form() {
    with_room(|| {
        let mut tally = Tally::default();
        let mut seen = HashSet::new();
        for of in &TABLE.resources {
            TABLE.walk(of, &|resource| resource, &mut seen, &mut tally);
        }
        assert!(TABLE.types.keys().all(|of| seen.contains(of) || is_abstract(of)), "something was not reached");
        let tally = tally.agreed();
        assert!(tally.accepted > 5000 && tally.refused > 10_000 && tally.stricter > 1000, "{tally:?}");
    });
}

fn is_abstract(of: &str) -> bool {
    matches!(of, "Element" | "BackboneElement" | "Resource" | "DomainResource")
}
