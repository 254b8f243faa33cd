//! The table of R4: what each type consists of. Read once, and only when something is checked.

use std::collections::HashMap;
use std::sync::LazyLock;

/// HL7's definitions as [`Table::read`] takes them apart.
const TEXT: &str = include_str!("r4.tsv");

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TEXT));

/// The table of R4.
pub(crate) fn table() -> &'static Table {
    &TABLE
}

/// Types, and lists of codes, by name.
#[derive(Debug, Default)]
pub(crate) struct Table {
    types: HashMap<&'static str, Type>,
    codes: HashMap<&'static str, Vec<&'static str>>,
}

/// A resource, a data type, or a part of one (`Observation.component`).
#[derive(Debug)]
pub(crate) struct Type {
    pub name: &'static str,
    base: &'static str,
    /// Can a `resourceType` name it?
    pub resource: bool,
    own: Vec<Element>,
}

/// One element of a type.
#[derive(Debug)]
pub(crate) struct Element {
    /// Its name; of a choice (`value[x]`) what stands before the type.
    pub name: &'static str,
    pub choice: bool,
    pub required: bool,
    pub many: bool,
    pub types: Vec<&'static str>,
    /// The list that its code must come from.
    pub codes: Option<&'static str>,
}

impl Table {
    /// A line that is not of the form of the table adds nothing; a test holds that there is none.
    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        let mut any = Vec::new();
        let mut last = "";
        for line in text.lines() {
            let cells: Vec<&'static str> = line.split('\t').collect();
            match cells[..] {
                ["*", types] => any = types.split(' ').collect(),
                ["", name, cardinality, types, ref codes @ ..] => {
                    let types = if types == "*" { any.clone() } else { types.split(' ').collect() };
                    let element = Element {
                        name: name.trim_end_matches("[x]"),
                        choice: name.ends_with("[x]"),
                        required: cardinality.starts_with('1'),
                        many: cardinality.ends_with('*'),
                        types,
                        codes: codes.first().copied(),
                    };
                    if let Some(of) = table.types.get_mut(last) {
                        of.own.push(element);
                    }
                }
                [name, base, kind] => {
                    last = name;
                    table.types.insert(name, Type { name, base, resource: kind == "resource", own: Vec::new() });
                }
                [list, codes] => {
                    table.codes.insert(list.trim_start_matches('='), codes.split(' ').collect());
                }
                _ => {}
            }
        }
        table
    }

    /// The type of this name.
    pub fn of(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// Every element of a type, those of its bases first.
    pub fn elements<'t>(&'t self, of: &'t Type) -> Vec<&'t Element> {
        let mut line = vec![of];
        while let Some(base) = line.last().and_then(|of| self.types.get(of.base)) {
            line.push(base);
        }
        line.iter().rev().flat_map(|of| &of.own).collect()
    }

    /// The codes of a list; none where R4 binds to no list that is spelt out here.
    pub fn codes(&self, element: &Element) -> &[&'static str] {
        element.codes.and_then(|list| self.codes.get(list)).map_or(&[], Vec::as_slice)
    }
}

impl Element {
    /// The type that `member` names: `valueQuantity` of `value[x]` is a Quantity.
    pub fn named(&self, member: &str) -> Option<&'static str> {
        let rest = member.strip_prefix(self.name)?;
        if !self.choice {
            return if rest.is_empty() { self.types.first().copied() } else { None };
        }
        self.types.iter().copied().find(|of| suffix(of) == rest)
    }

    /// The names that it may have as a member of an object.
    pub fn members(&self) -> Vec<String> {
        if self.choice {
            self.types.iter().map(|of| format!("{}{}", self.name, suffix(of))).collect()
        } else {
            vec![self.name.to_owned()]
        }
    }
}

/// `dateTime` is `DateTime` behind the name of a choice.
fn suffix(of: &str) -> String {
    let mut letters = of.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::primitive;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#')).count();
        let read: usize = table().types.values().map(|of| 1 + of.own.len()).sum();
        assert_eq!(lines, 1 + read + table().codes.len());
        assert_eq!(table().types.values().filter(|of| of.resource).count(), 146);
    }

    #[test]
    fn every_type_base_and_list_that_the_table_names_is_in_it() {
        for of in table().types.values() {
            assert!(of.base == "-" || table().of(of.base).is_some(), "{} of {}", of.base, of.name);
            for element in &of.own {
                for name in &element.types {
                    assert!(table().of(name).is_some() || primitive(name).is_some(), "{name} of {}", of.name);
                }
                assert_eq!(table().codes(element).is_empty(), element.codes.is_none(), "{}.{}", of.name, element.name);
            }
        }
    }

    #[test]
    fn a_choice_is_spelt_out_and_a_base_is_inherited() {
        let elements = table().elements(table().of("Observation").unwrap());
        let names: Vec<_> = elements.iter().flat_map(|element| element.members()).collect();
        for name in ["id", "contained", "modifierExtension", "status", "valueQuantity", "effectiveDateTime"] {
            assert!(names.iter().any(|found| found == name), "{name}");
        }
        assert!(!names.iter().any(|found| found == "valueMoney"));
    }
}
