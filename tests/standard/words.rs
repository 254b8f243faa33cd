//! Typed look-ups that note a fault where a member is missing or of another type, and go on.

use serde_json::Value;

/// A place in a document and the faults found so far.
pub struct Page {
    pub faults: Vec<String>,
}

impl Page {
    pub const fn new() -> Self {
        Self { faults: Vec::new() }
    }

    pub fn fault(&mut self, at: &str, rule: u8, what: &str) {
        self.faults.push(format!("{at}: {what} (rule {rule})"));
    }

    pub fn holds(&mut self, condition: bool, at: &str, rule: u8, what: &str) {
        if !condition {
            self.fault(at, rule, what);
        }
    }

    /// A string that must be there and say something.
    pub fn required<'v>(&mut self, of: &'v Value, name: &str, at: &str, rule: u8) -> Option<&'v str> {
        let text = of[name].as_str().filter(|text| !text.trim().is_empty());
        self.holds(text.is_some(), at, rule, &format!("`{name}` is required and a string"));
        text
    }

    /// A string, if there is one.
    pub fn optional<'v>(&mut self, of: &'v Value, name: &str, at: &str, rule: u8) -> Option<&'v str> {
        let value = of.get(name)?;
        self.holds(value.is_string(), at, rule, &format!("`{name}` is a string"));
        value.as_str()
    }

    /// An array, if there is one; it is never empty.
    pub fn list<'v>(&mut self, of: &'v Value, name: &str, at: &str, rule: u8) -> &'v [Value] {
        let Some(value) = of.get(name) else { return &[] };
        let list = value.as_array().map(Vec::as_slice);
        self.holds(list.is_some_and(|list| !list.is_empty()), at, rule, &format!("`{name}` is an array with entries"));
        list.unwrap_or_default()
    }

    pub fn one_of(&mut self, word: Option<&str>, allowed: &[&str], at: &str, rule: u8) {
        if let Some(word) = word {
            self.holds(allowed.contains(&word), at, rule, &format!("`{word}` is none of {allowed:?}"));
        }
    }

    pub fn absolute(&mut self, address: Option<&str>, at: &str, rule: u8) {
        if let Some(address) = address {
            let is_absolute = address.starts_with("https://") || address.starts_with("http://");
            self.holds(is_absolute, at, rule, &format!("`{address}` is no absolute address"));
        }
    }

    /// Rule 2: nothing is null or empty, wherever it stands.
    pub fn full(&mut self, value: &Value, at: &str) {
        match value {
            Value::Null => self.fault(at, 2, "null"),
            Value::String(text) if text.is_empty() => self.fault(at, 2, "an empty string"),
            Value::Array(list) if list.is_empty() => self.fault(at, 2, "an empty array"),
            Value::Object(members) if members.is_empty() => self.fault(at, 2, "an empty object"),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(n, entry)| self.full(entry, &format!("{at}[{n}]")))
            }
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| self.full(member, &format!("{at}.{name}")));
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
