//! The strict check of one resource against FHIR R4: names, types, cardinalities.
//!
//! For `herald doctor fhir` only, where a person hands over a file; nothing that comes over the network gets here. fhirbolt
//! panics on empty arrays, so what is empty is told and never reaches it, and it reads on a thread of its own, with a limit
//! of time, and with room for deep documents.

use std::panic::catch_unwind;
use std::sync::mpsc;
use std::time::Duration;

use fhirbolt::model::r4::Resource;
use fhirbolt::serde::{DeserializationConfig, DeserializationMode};
use serde_json::Value;

/// Far longer than any resource takes.
const LIMIT: Duration = Duration::from_secs(10);
/// Generated readers take much room for each level.
const STACK: usize = 256 << 20;

/// What is wrong with a resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// FHIR has nothing that is empty: what is not known is left out.
    #[error("{at}: {what} is not allowed, leave it out")]
    Empty {
        /// Where, as a path of names.
        at: String,
        /// `null`, an empty text, array or object.
        what: &'static str,
    },
    /// Not an object with a `resourceType`.
    #[error("a resource is an object with a resourceType")]
    NoResource,
    /// An element that R4 does not know, lacks, or has with another type.
    #[error("not a valid R4 resource: {0}")]
    Invalid(String),
    /// The check itself failed.
    #[error("the resource cannot be checked: the reader of FHIR R4 gave up on it")]
    GaveUp,
}

/// Everything that is wrong with `resource`, or the first thing that the model of R4 does not accept. Empty for a valid one.
#[must_use]
pub fn strict_check(resource: &Value) -> Vec<Problem> {
    if !resource.get("resourceType").is_some_and(Value::is_string) {
        return vec![Problem::NoResource];
    }
    let mut problems = Vec::new();
    empty(resource, &mut String::new(), &mut problems);
    if problems.is_empty() {
        problems.extend(model(resource.to_string()).err());
    }
    problems
}

fn empty(value: &Value, at: &mut String, problems: &mut Vec<Problem>) {
    let what = match value {
        Value::Null => Some("null"),
        Value::String(text) if text.is_empty() => Some("an empty text"),
        Value::Array(items) if items.is_empty() => Some("an empty array"),
        Value::Object(members) if members.is_empty() => Some("an empty object"),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    };
    problems.extend(what.map(|what| Problem::Empty { at: at.clone(), what }));
    match value {
        Value::Array(items) => {
            // A null keeps the place of a primitive whose extensions stand in the array beside it.
            for (n, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
                inside(item, &format!("[{n}]"), at, problems);
            }
        }
        Value::Object(members) => {
            let dot = if at.is_empty() { "" } else { "." };
            for (name, value) in members {
                inside(value, &format!("{dot}{name}"), at, problems);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn inside(value: &Value, name: &str, at: &mut String, problems: &mut Vec<Problem>) {
    let length = at.len();
    at.push_str(name);
    empty(value, at, problems);
    at.truncate(length);
}

fn model(text: String) -> Result<(), Problem> {
    let (told, answer) = mpsc::channel();
    let reading = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let read = catch_unwind(|| {
            let strict = DeserializationConfig { mode: DeserializationMode::Strict };
            fhirbolt::json::from_str::<Resource>(&text, Some(strict)).map(drop).map_err(|error| error.to_string())
        });
        // Nobody listens any more if it took too long.
        let _ = told.send(read);
    });
    let read = reading.ok().and_then(|_| answer.recv_timeout(LIMIT).ok()).and_then(Result::ok);
    match read {
        Some(Ok(())) => Ok(()),
        Some(Err(words)) => Err(Problem::Invalid(words)),
        None => Err(Problem::GaveUp),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn observation() -> Value {
        json!({
            "resourceType": "Observation", "id": "o1", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "85319-2"}]},
            "valueQuantity": {"value": 1.90, "unit": "{ratio}"}
        })
    }

    #[test]
    fn a_valid_resource_has_no_problem() {
        assert_eq!(strict_check(&observation()), []);
    }

    #[test]
    fn an_unknown_element_a_wrong_type_and_a_missing_one_are_told() {
        for (name, value) in [
            ("valueRatioo", json!({"numerator": {"value": 1}})),
            ("unknown", json!([[], {"a": [1, 2]}, "x"])),
            ("status", json!(5)),
            ("code", json!("85319-2")),
        ] {
            let mut wrong = observation();
            wrong[name] = value.clone();
            let problems = strict_check(&wrong);
            assert_eq!(problems.len(), 1, "{name} {value}");
        }
        let mut unknown = observation();
        unknown["unknown"] = json!([1, [2, 3], {"a": [4]}]);
        assert!(matches!(&strict_check(&unknown)[..], [Problem::Invalid(_)]));
        let mut missing = observation();
        missing.as_object_mut().unwrap().remove("status");
        assert!(matches!(&strict_check(&missing)[..], [Problem::Invalid(_)]));
    }

    #[test]
    fn what_is_empty_is_told_with_its_place_and_never_reaches_the_model() {
        let mut wrong = observation();
        wrong["note"] = json!([]);
        wrong["category"] = json!([{"coding": [{"code": ""}]}]);
        wrong["subject"] = json!({});
        wrong["issued"] = json!(null);
        let problems: Vec<_> = strict_check(&wrong).iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems.iter().any(|words| words.starts_with("category[0].coding[0].code: an empty text")));
        assert_eq!(strict_check(&json!([])), [Problem::NoResource]);
        assert_eq!(strict_check(&json!({"resourceType": 5})), [Problem::NoResource]);
    }

    #[test]
    fn a_document_as_deep_as_is_read_ends_with_an_answer() {
        let mut deep = json!({"url": "x", "valueString": "y"});
        for _ in 0..120 {
            deep = json!({"url": "x", "extension": [deep]});
        }
        let mut resource = observation();
        resource["extension"] = json!([deep]);
        assert!(strict_check(&resource).len() <= 1);
    }
}
