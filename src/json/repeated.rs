//! Finds a member that stands twice in one object: `status` final followed by entered-in-error is the example.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::scan::end_of_string;
use super::text::Text;

/// More keys than this in one object, or an escaped key, and the careful way is taken.
const FEW: usize = 48;

/// Does any object inside `value`, at whatever depth, hold one key twice? Keys are compared after unescaping. `value` is JSON
/// that a parser has already skipped over, as every raw value is.
#[must_use]
pub fn has_repeated_member(value: &str) -> bool {
    match scan(value.as_bytes()) {
        Some(repeated) => repeated,
        None => serde_json::from_str::<Unrepeated>(value).is_err(),
    }
}

/// An array or object that is open.
struct Open {
    /// Where its keys begin in the list of keys; None for an array.
    first_key: Option<usize>,
    /// The next string is a key.
    key_follows: bool,
}

/// One pass over the bytes; None where the careful way has to decide.
fn scan(bytes: &[u8]) -> Option<bool> {
    let mut keys: Vec<&[u8]> = Vec::with_capacity(FEW);
    let mut open: Vec<Open> = Vec::with_capacity(16);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let end = end_of_string(bytes, at)?;
                let string = &bytes[at..end];
                at = end + 1;
                let Some(Open { first_key: Some(first), key_follows: follows @ true }) = open.last_mut() else {
                    continue;
                };
                *follows = false;
                let siblings = &keys[*first..];
                if siblings.len() >= FEW || string.contains(&b'\\') {
                    return None;
                }
                if siblings.contains(&string) {
                    return Some(true);
                }
                keys.push(string);
            }
            b'{' => open.push(Open { first_key: Some(keys.len()), key_follows: true }),
            b'[' => open.push(Open { first_key: None, key_follows: false }),
            b'}' | b']' => {
                if let Some(first) = open.pop()?.first_key {
                    keys.truncate(first);
                }
            }
            b',' => {
                let innermost = open.last_mut()?;
                innermost.key_follows = innermost.first_key.is_some();
            }
            _ => {}
        }
    }
    Some(false)
}

/// A value of any kind in which no object holds a key twice.
struct Unrepeated;

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UnrepeatedVisitor)
    }
}

struct UnrepeatedVisitor;

impl<'de> Visitor<'de> for UnrepeatedVisitor {
    type Value = Unrepeated;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unrepeated, A::Error> {
        // Objects of FHIR have a handful of members: looking through a list beats hashing.
        let mut keys: Vec<Text<'de>> = Vec::with_capacity(8);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if keys.len() < 32 {
                if keys.contains(&key) {
                    return Err(A::Error::custom("a member stands twice"));
                }
                keys.push(key);
                map.next_value::<Unrepeated>()?;
            } else {
                return many_members(keys, key, map);
            }
        }
        Ok(Unrepeated)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Unrepeated, A::Error> {
        while seq.next_element::<Unrepeated>()?.is_some() {}
        Ok(Unrepeated)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }

    fn visit_unit<E: Error>(self) -> Result<Unrepeated, E> {
        Ok(Unrepeated)
    }
}

/// An object with more than 32 members: a set keeps the work linear.
fn many_members<'de, A: MapAccess<'de>>(
    keys: Vec<Text<'de>>,
    first: Text<'de>,
    mut map: A,
) -> Result<Unrepeated, A::Error> {
    let mut seen: std::collections::HashSet<Text<'de>> = keys.into_iter().collect();
    let mut next = Some(first);
    while let Some(key) = next {
        if !seen.insert(key) {
            return Err(A::Error::custom("a member stands twice"));
        }
        map.next_value::<Unrepeated>()?;
        next = map.next_key()?;
    }
    Ok(Unrepeated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_stands_twice_is_found_at_any_depth_and_under_any_spelling() {
        assert!(has_repeated_member(r#"{"status":"final","status":"entered-in-error"}"#));
        assert!(has_repeated_member(r#"{"a":[{"b":{"c":1.5,"c":2}}]}"#));
        assert!(has_repeated_member(r#"{"status":1,"st\u0061tus":2}"#));
        assert!(!has_repeated_member(r#"{"a":{"x":1.10},"b":{"x":1e400},"c":[null,true,"a",-1,{"x":[]}]}"#));
        let many: Vec<String> = (0..100).map(|n| format!("\"k{n}\":{n}")).collect();
        assert!(!has_repeated_member(&format!("{{{}}}", many.join(","))));
        assert!(has_repeated_member(&format!("{{{},\"k99\":0}}", many.join(","))));
    }
}
