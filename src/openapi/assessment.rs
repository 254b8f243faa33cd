//! The shape `herald.assessment/1`. Its words are taken from the vocabularies of the domain, so that they cannot differ.

use serde_json::{Map, Value, json};

use super::replies::reference;
use crate::domain::consideration::Region;
use crate::domain::evidence::{ExcludedWhy, OverallWord};
use crate::domain::finding::{Category, Comment, Expression, Flag, NextStep, Provisional};
use crate::domain::ihc::{IhcScore, IhcWord, MembranePattern, StainingIntensity};
use crate::domain::ish::{IshMethod, IshWord};
use crate::domain::label_facts::Verdict;
use crate::domain::safety::{Check, Severity};
use crate::domain::specimen::{Scoring, SpecimenKind};
use crate::domain::tumour::Tumour;
use crate::domain::when::DateSource;

/// The words of a vocabulary.
macro_rules! one_of {
    ($name:ident) => {
        json!({"type": "string", "enum": $name::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()})
    };
}

/// The words of a vocabulary, or null.
macro_rules! one_of_or_null {
    ($name:ident) => {{
        let words = $name::ALL.iter().map(|one| Value::from(one.as_str())).chain([Value::Null]);
        json!({"type": ["string", "null"], "enum": words.collect::<Vec<_>>()})
    }};
}

/// The schemas of the assessment and of its parts.
pub(super) fn schemas() -> Map<String, Value> {
    let parts = [
        ("Assessment", assessment()),
        ("Specimen", specimen()),
        ("Ihc", ihc()),
        ("Ish", ish()),
        ("Reading", closed(json!({"reference": text(), "reads": text()}))),
        ("Consideration", consideration()),
        ("SafetyFinding", safety()),
        ("TrialPrompt", trial()),
    ];
    parts.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// An object that has all of these members and no others.
fn closed(properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(Map::keys).collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn text_or_null() -> Value {
    json!({"type": ["string", "null"]})
}

/// A number as it was sent, with its comparator.
fn number_or_null() -> Value {
    json!({"type": ["string", "null"], "pattern": "^(<|<=|>|>=)?[0-9.eE+-]+$"})
}

fn count_or_null() -> Value {
    json!({"type": ["integer", "null"], "minimum": 0})
}

fn yes_or_no() -> Value {
    json!({"type": "boolean"})
}

fn assessment() -> Value {
    closed(json!({
        "schema": {"const": "herald.assessment/1"},
        "tumour": one_of!(Tumour),
        "specimens": list(reference("Specimen")),
        "lead": {"type": ["integer", "null"], "minimum": 0, "description": "Index of the specimen that answers the question of today."},
        "excluded": list(closed(json!({"reference": text(), "why": one_of!(ExcludedWhy)}))),
        "overTime": closed(json!({"everLow": yes_or_no(), "discordant": yes_or_no(), "previousPositive": yes_or_no()})),
        "actionable": {"type": "boolean", "description": "The lead rests on final results and is classified. Never advice to treat."},
        "considerations": list(reference("Consideration")),
        "safety": list(reference("SafetyFinding")),
        "trials": list(reference("TrialPrompt")),
        "unseen": list(text()),
        "rules": closed(json!({"edition": text(), "digest": text(), "signedOff": yes_or_no()})),
    }))
}

fn specimen() -> Value {
    closed(json!({
        "tumour": one_of!(Tumour),
        "specimen": text_or_null(),
        "collected": text_or_null(),
        "kind": one_of!(SpecimenKind),
        "scoring": one_of!(Scoring),
        "collectedFrom": one_of_or_null!(DateSource),
        "invasive": {"enum": [false, null]},
        "ihc": or_null(reference("Ihc")),
        "ish": or_null(reference("Ish")),
        "category": one_of!(Category),
        "expression": one_of!(Expression),
        "provisional": one_of_or_null!(Provisional),
        "nextStep": one_of!(NextStep),
        "flags": list(one_of!(Flag)),
        "comment": one_of_or_null!(Comment),
        "rule": text(),
        "labReported": one_of_or_null!(OverallWord),
        "evidence": list(reference("Reading")),
        "flips": list(closed(json!({"change": text(), "category": one_of!(Category), "rule": text()}))),
    }))
}

fn ihc() -> Value {
    closed(json!({
        "score": one_of_or_null!(IhcScore),
        "percent": number_or_null(),
        "pattern": one_of_or_null!(MembranePattern),
        "intensity": one_of_or_null!(StainingIntensity),
        "clusterCells": count_or_null(),
        "interpretation": one_of_or_null!(IhcWord),
    }))
}

fn ish() -> Value {
    let recount = closed(json!({
        "ratio": number_or_null(),
        "her2": number_or_null(),
        "cep17": number_or_null(),
        "cells": count_or_null(),
        "blinded": {"type": ["boolean", "null"]},
    }));
    closed(json!({
        "method": one_of!(IshMethod),
        "ratio": number_or_null(),
        "ratioComputed": number_or_null(),
        "her2": number_or_null(),
        "cep17": number_or_null(),
        "cells": count_or_null(),
        "group": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
        "interpretation": one_of_or_null!(IshWord),
        "percentCellsRatioGe2": number_or_null(),
        "recount": or_null(recount),
    }))
}

fn consideration() -> Value {
    closed(json!({
        "id": text(),
        "region": one_of!(Region),
        "label": closed(json!({"date": text(), "accelerated": yes_or_no()})),
        "conditions": list(closed(json!({"what": text(), "verdict": one_of!(Verdict)}))),
        "verdict": one_of!(Verdict),
        "unconfirmed": yes_or_no(),
        "rule": text(),
        "cite": list(text()),
    }))
}

fn safety() -> Value {
    closed(json!({
        "id": one_of!(Check),
        "indicator": one_of!(Severity),
        "agent": text(),
        "order": text_or_null(),
        "rule": text(),
        "evidence": list(reference("Reading")),
    }))
}

fn trial() -> Value {
    let need = closed(json!({"what": text(), "cost": {"type": "integer", "minimum": 1}}));
    closed(json!({
        "nct": {"type": "string", "pattern": "^NCT[0-9]{8}$"},
        "cohort": text(),
        "verdict": {"type": "string", "enum": ["no_criterion_failed", "possible", "criterion_failed"]},
        "failed": text_or_null(),
        "needs": list(need),
        "status": text(),
        "verified": text(),
    }))
}
