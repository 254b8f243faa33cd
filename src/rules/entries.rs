//! Reads a rule file so that one wrong entry does not hide the others: each fault is kept with its place, the entry that
//! holds it is taken out, and the rest is read again.

use std::ops::{Deref, Range};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// What is wrong, and at which byte of the file.
pub(super) type Faults = Vec<(usize, String)>;

/// An entry of a file with its place.
#[derive(Debug, Clone)]
pub struct Placed<T>(Spanned<T>);

impl<T> Placed<T> {
    /// The byte at which the entry begins.
    pub fn at(&self) -> usize {
        self.0.span().start
    }
}

impl<T> Deref for Placed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.get_ref()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

/// The mirror of `text`, or everything in it that cannot be read.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Faults> {
    let place = |span: Option<Range<usize>>| span.map_or(0, |span| span.start);
    let (mut root, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        return Err(syntax.iter().map(|error| (place(error.span()), in_one_line(error.message()))).collect());
    }
    let mut faults = Faults::new();
    loop {
        match T::deserialize(Deserializer::from(root.clone())) {
            Ok(mirror) if faults.is_empty() => return Ok(mirror),
            Ok(_) => return Err(faults),
            Err(error) => {
                let at = place(error.span());
                faults.push((at, in_one_line(error.message())));
                if !take_out(root.get_mut(), at) {
                    return Err(faults);
                }
            }
        }
    }
}

fn in_one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes out the entry of a list (`[[row]]`, `[[band]]`, ...) that the byte lies in: the last of all top-level parts that
/// begin before it. False where the byte lies in no list.
fn take_out(root: &mut DeTable<'_>, at: usize) -> bool {
    let begins = |value: &Spanned<DeValue<'_>>| value.span().start;
    let last = root
        .values()
        .flat_map(|value| match value.get_ref() {
            DeValue::Array(entries) => entries.iter().map(begins).collect(),
            _ => vec![begins(value)],
        })
        .filter(|begin| *begin <= at)
        .max();
    let Some(last) = last else { return false };
    for (_, value) in root.iter_mut() {
        if let DeValue::Array(entries) = value.get_mut()
            && entries.iter().any(|entry| begins(entry) == last)
        {
            *entries = entries.iter().filter(|entry| begins(entry) != last).cloned().collect();
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        row: Vec<Placed<Row>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: String,
        limit: String,
    }

    #[test]
    fn every_wrong_entry_is_told_with_its_place() {
        let text =
            "[[row]]\nid = \"a\"\nlimit = 2.0\n[[row]]\nid = \"b\"\nlimit = \"2\"\n[[row]]\nid = \"c\"\nlimt = \"2\"\n";
        let faults = read::<File>(text).unwrap_err();
        let lines: Vec<usize> = faults.iter().map(|(at, _)| 1 + text[..*at].matches('\n').count()).collect();
        assert_eq!(lines, [3, 9]);
        assert!(faults[0].1.contains("floating point `2.0`") && faults[1].1.contains("`limt`"), "{faults:?}");
    }

    #[test]
    fn an_entry_knows_where_it_begins() {
        let text = "[[row]]\nid = \"a\"\nlimit = \"2\"\n[[row]]\nid = \"b\"\nlimit = \"2\"\n";
        let file: File = read(text).unwrap();
        assert_eq!(file.row[1].at(), text.rfind("[[row]]").unwrap());
        assert_eq!((&*file.row[1].id, &*file.row[1].limit), ("b", "2"));
    }
}
