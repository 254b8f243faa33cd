//! Known resources with one change each, at every place in turn.

use serde_json::{Value, json};

use crate::judges::{Tally, with_room};
use crate::known::known;

/// Larger ones are Bundles of the same.
const LONGEST: usize = 6000;

/// Where something stands: JSON pointers to all values inside.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (format!("{at}/{name}"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, value)| (format!("{at}/{n}"), value)).collect(),
        _ => vec![],
    };
    for (at, value) in inside.into_iter().filter(|(at, _)| !at.contains('~')) {
        places(value, &at, found);
        found.push(at);
    }
}

/// One change at `at`, of the kind `n`.
fn changed(resource: &Value, at: &str, n: usize) -> Value {
    let mut resource = resource.clone();
    let place = resource.pointer_mut(at).unwrap();
    match n % 7 {
        0 => *place = json!([place.clone()]),
        1 => *place = json!(5),
        2 => *place = json!("x"),
        3 => *place = json!({"unknown": "x"}),
        4 => *place = json!([]),
        5 => *place = place.as_array().map_or(json!(true), |items| items[0].clone()),
        _ => match resource.pointer_mut(&at[..at.rfind('/').unwrap()]).unwrap() {
            Value::Object(members) => drop(members.remove(&at[at.rfind('/').unwrap() + 1..])),
            other => *other = json!({"id": "x"}),
        },
    }
    resource
}

#[test]
fn both_judge_a_changed_resource_alike() {
    with_room(|| {
        let mut tally = Tally::default();
        let mut n = 0;
        for resource in known().iter().filter(|resource| resource.to_string().len() <= LONGEST) {
            let mut found = vec![];
            places(resource, "", &mut found);
            for at in found.iter().filter(|at| *at != "/resourceType") {
                n += 1;
                tally.judge(&changed(resource, at, n));
            }
        }
        let tally = tally.agreed();
        assert!(tally.accepted > 50 && tally.refused > 500 && tally.stricter > 20, "{tally:?}");
    });
}
