//! The worked examples through the whole path: FHIR in, assessment out, in several shapes of Bundle.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that meets bad data has failed")]

use herald::assessment::{Knowledge, assess};
use herald::fhir::{Source, extract};
use herald::json::Document;
use serde_json::{Value, json};

/// The day of every assessment here.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

/// How the sender puts the results of one specimen together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One Observation for each number, as a search brings them.
    OneByOne,
    /// The score as a string, a word without a code, and one ISH Observation with components.
    Components,
    /// A panel that lists its members, the specimen named by the panel alone.
    Panel,
    /// Scores as text, the specimen contained.
    Contained,
}

const SHAPES: [Shape; 4] = [Shape::OneByOne, Shape::Components, Shape::Panel, Shape::Contained];

fn knowledge() -> Knowledge {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).expect("the rules of this binary are proved"),
        therapies: herald::rules::therapies(&files).expect("and so are the therapy rules"),
        order_rules: herald::rules::order_rules(&files).expect("and so are the order rules"),
        cohorts: Vec::new(),
    }
}

fn vectors() -> Vec<Value> {
    include_str!("clinical/vectors.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn diagnosis(tumour: &str) -> Option<Value> {
    let code = match tumour {
        "breast" => "C50.412",
        "gastroesophageal" => "C16.3",
        "ovarian" => "C56.9",
        "endometrial" => "C54.1",
        "colorectal" => "C18.7",
        "biliary" => "C23",
        "urothelial" => "C67.9",
        "cervical" => "C53.9",
        "pancreatic" => "C25.0",
        "salivary" => "C07",
        "lung" => return Some(snomed_condition("254626006")),
        "other_solid" => return Some(icd_condition("C18.1")),
        _ => return None,
    };
    Some(icd_condition(code))
}

fn icd_condition(code: &str) -> Value {
    json!({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
           "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]}})
}

fn snomed_condition(code: &str) -> Value {
    json!({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
           "code": {"coding": [{"system": "http://snomed.info/sct", "code": code}]}})
}

fn number(text: &Value) -> Value {
    serde_json::from_str(text.as_str().expect("numbers are text in the examples")).expect("a JSON number")
}

fn detail(code: &str, value: Value) -> Value {
    let mut component =
        json!({"code": {"coding": [{"system": "https://fhir.herald-cds.org/CodeSystem/her2-detail", "code": code}]}});
    for (key, value) in value.as_object().expect("a value member") {
        component[key] = value.clone();
    }
    component
}

/// The laboratory's word as the sender codes it, or only writes it.
fn word_in(text: &str, shape: Shape) -> Value {
    if shape == Shape::Components { json!({"text": text}) } else { word(text) }
}

fn word(text: &str) -> Value {
    let code = match text {
        "positive" => "10828004",
        "negative" => "260385009",
        "equivocal" => "280414007",
        "indeterminate" => "82334004",
        "low" => "1381317004",
        "ultralow" => "1381318009",
        other => panic!("no code for {other}"),
    };
    json!({"coding": [{"system": "http://snomed.info/sct", "code": code}]})
}

fn score(text: &str, shape: Shape) -> Value {
    if shape == Shape::Contained && text != "indeterminate" {
        return json!({"text": text});
    }
    let code = match text {
        "0" => "LA6111-4",
        "1+" => "LA11841-6",
        "2+" => "LA11842-4",
        "3+" => "LA11843-2",
        "indeterminate" => "LA11884-6",
        other => panic!("no code for {other}"),
    };
    json!({"coding": [{"system": "http://loinc.org", "code": code}]})
}

fn observation(id: &str, loinc: &str) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "subject": {"reference": "Patient/p1"},
           "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]}, "effectiveDateTime": "2026-10-01"})
}

fn ihc_observation(id: &str, ihc: &Value, scoring: &str, shape: Shape) -> Value {
    let mut one = observation(id, "18474-7");
    if let Some(text) = ihc["score"].as_str() {
        if shape == Shape::Components && text != "indeterminate" {
            one["valueString"] = json!(text);
        } else {
            one["valueCodeableConcept"] = score(text, shape);
        }
    } else if let Some(text) = ihc["interpretation"].as_str() {
        one["valueCodeableConcept"] = word_in(text, shape);
    }
    let mut components = Vec::new();
    if ihc["percent"].is_string() {
        let percent = json!({"valueQuantity": {"value": number(&ihc["percent"]), "unit": "%"}});
        components.push(detail("percent-stained", percent));
    }
    for (key, code) in [("pattern", "membrane-pattern"), ("intensity", "staining-intensity")] {
        if ihc[key].is_string() {
            components.push(detail(code, json!({"valueString": ihc[key]})));
        }
    }
    if ihc["clusterCells"].is_number() {
        components.push(detail("cluster-cells", json!({"valueInteger": ihc["clusterCells"]})));
    }
    if scoring != "unknown" {
        components.push(detail("scoring-system", json!({"valueString": scoring})));
    }
    if !components.is_empty() {
        one["component"] = Value::Array(components);
    }
    one
}

fn ish_observations(ish: &Value, shape: Shape) -> Vec<Value> {
    let numbers = |prefix: &str, count: &Value| {
        let mut parts = Vec::new();
        for (key, code) in [("ratio", "49683-6"), ("her2", "74860-8"), ("cep17", "74861-6")] {
            if count[key].is_string() {
                parts.push((format!("{prefix}{key}"), code, number(&count[key])));
            }
        }
        if count["cells"].is_number() {
            parts.push((format!("{prefix}cells"), "62361-1", count["cells"].clone()));
        }
        parts
    };
    let mut main = observation("ish", "85318-4");
    match ish["interpretation"].as_str() {
        Some("failed") => {
            main["dataAbsentReason"] = json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "error"}]});
        }
        Some(text) => main["valueCodeableConcept"] = word(text),
        None => {}
    }
    let mut components = Vec::new();
    if ish["method"] == "single" {
        components.push(detail("probe", json!({"valueString": "single"})));
    }
    if ish["percentCellsRatioGe2"].is_string() {
        let percent = json!({"valueQuantity": {"value": number(&ish["percentCellsRatioGe2"]), "unit": "%"}});
        components.push(detail("percent-cells-ratio-ge-2", percent));
    }
    let mut all = Vec::new();
    let component = |code: &str, value: &Value| json!({"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": {"value": value}});
    let parts = numbers("", ish);
    if matches!(shape, Shape::OneByOne | Shape::Panel) {
        for (id, code, value) in &parts {
            let mut one = observation(id, code);
            one["valueQuantity"] = json!({"value": value});
            all.push(one);
        }
    } else {
        components.extend(parts.iter().map(|(_, code, value)| component(code, value)));
    }
    if !components.is_empty() {
        main["component"] = Value::Array(components);
    }
    let says_something = main.get("component").is_some()
        || main.get("valueCodeableConcept").is_some()
        || main.get("dataAbsentReason").is_some();
    if says_something {
        all.insert(0, main);
    }
    if ish["recount"].is_object() {
        let first = all[0]["id"].as_str().expect("every Observation has an id").to_owned();
        let mut recount = observation("recount", "85318-4");
        recount["derivedFrom"] = json!([{"reference": format!("Observation/{first}")}]);
        let mut components: Vec<Value> =
            numbers("", &ish["recount"]).iter().map(|(_, code, value)| component(code, value)).collect();
        components.push(detail("observer-blinded", json!({"valueBoolean": ish["recount"]["blinded"]})));
        recount["component"] = Value::Array(components);
        all.push(recount);
    }
    all
}

fn specimen(id: &str, kind: &str, collected: &str, site: &str, tumour: &str) -> Value {
    let mut one = json!({"resourceType": "Specimen", "id": id, "collection": {"collectedDateTime": collected}});
    match kind {
        "biopsy" => one["type"] = json!({"coding": [{"system": "http://snomed.info/sct", "code": "258415003"}]}),
        "resection" => one["type"] = json!({"coding": [{"system": "http://snomed.info/sct", "code": "397078009"}]}),
        _ => {}
    }
    let code = match (site, tumour) {
        ("metastasis", _) => Some("10200004"),
        ("primary", "breast") => Some("76752008"),
        ("primary", "gastroesophageal") => Some("69695003"),
        _ => None,
    };
    if let Some(code) = code {
        one["collection"]["bodySite"] = json!({"coding": [{"system": "http://snomed.info/sct", "code": code}]});
    }
    one
}

fn markers(context: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let ras = match context["ras"].as_str() {
        Some("mutant") => Some("LA9633-4"),
        Some("wild_type") => Some("LA9634-2"),
        _ => None,
    };
    if let Some(code) = ras {
        let mut one = observation("ras", "81420-2");
        one["valueCodeableConcept"] = json!({"coding": [{"system": "http://loinc.org", "code": code}]});
        all.push(one);
    }
    let variant = match context["erbb2_mutation"].as_str() {
        Some("negative") => Some(("LA9634-2", "")),
        Some("tkd_activating") => Some(("LA9633-4", "activating, kinase domain")),
        _ => None,
    };
    if let Some((code, words)) = variant {
        let mut one = observation("variant", "69548-6");
        one["valueCodeableConcept"] = json!({"coding": [{"system": "http://loinc.org", "code": code}]});
        one["component"] = json!([{"code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]},
            "valueCodeableConcept": {"coding": [{"system": "http://www.genenames.org/geneId", "code": "HGNC:3430"}]}}]);
        if !words.is_empty() {
            one["interpretation"] = json!([{"text": words}]);
        }
        all.push(one);
    }
    all
}

/// The Bundle of an example in one shape.
fn bundle(vector: &Value, shape: Shape) -> String {
    let tumour = vector["tumour"].as_str().expect("a tumour");
    let mut resources: Vec<Value> = diagnosis(tumour).into_iter().collect();
    resources.extend(markers(&vector["context"]));
    if let Some(text) = vector["text"].as_str() {
        resources.push(narrative(text, shape));
    } else if let Some(all) = vector["observations"].as_array() {
        for one in all {
            resources.extend(listed(one, tumour, shape));
        }
        if shape == Shape::Panel {
            name_specimens_by_panels(&mut resources);
        }
    } else {
        resources.extend(one_specimen(vector, tumour, shape));
    }
    let entries: Vec<Value> = resources
        .into_iter()
        .map(|resource| json!({"fullUrl": format!("https://x.example/{}/{}", resource["resourceType"].as_str().unwrap_or_default(), resource["id"].as_str().unwrap_or_default()), "resource": resource}))
        .collect();
    json!({"resourceType": "Bundle", "type": "searchset", "entry": entries}).to_string()
}

/// Words in a report without and with its specimen, in a string, and as the text of a concept.
fn narrative(text: &str, shape: Shape) -> Value {
    let mut report = json!({"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "conclusion": text,
                            "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-10-01",
                            "code": {"coding": [{"system": "http://loinc.org", "code": "60568-3"}]}});
    let mut one = observation("t1", "18474-7");
    match shape {
        Shape::OneByOne => report,
        Shape::Panel => {
            report["specimen"] = json!([{"reference": "Specimen/s1"}]);
            report
        }
        Shape::Components => {
            one["valueString"] = json!(text);
            one
        }
        Shape::Contained => {
            one["valueCodeableConcept"] = json!({"text": text});
            one
        }
    }
}

/// Takes the specimen from each result and gives it to a panel that lists the results of that specimen.
fn name_specimens_by_panels(resources: &mut Vec<Value>) {
    let mut panels: Vec<(Value, Vec<Value>)> = Vec::new();
    for one in resources.iter_mut().filter(|one| one["resourceType"] == "Observation") {
        let Some(specimen) = one.as_object_mut().and_then(|one| one.remove("specimen")) else { continue };
        let member = json!({"reference": format!("Observation/{}", one["id"].as_str().unwrap_or_default())});
        match panels.iter_mut().find(|(named, _)| *named == specimen) {
            Some((_, members)) => members.push(member),
            None => panels.push((specimen, vec![member])),
        }
    }
    for (at, (specimen, members)) in panels.into_iter().enumerate() {
        let mut panel = observation(&format!("panel{at}"), "74885-5");
        panel["hasMember"] = Value::Array(members);
        panel["specimen"] = specimen;
        resources.push(panel);
    }
}

/// An example of several Observations, each with its own specimen, status and dates.
fn listed(given: &Value, tumour: &str, shape: Shape) -> Vec<Value> {
    let id = given["id"].as_str().expect("an id");
    let mut all = match given["test"].as_str() {
        Some("ihc") => vec![ihc_observation(id, &given["value"], "unknown", shape)],
        _ => ish_observations(&given["value"], shape),
    };
    for (at, one) in all.iter_mut().enumerate() {
        one["id"] = json!(if at == 0 { id.to_owned() } else { format!("{id}-{at}") });
        one["status"] = given["status"].clone();
        match given["effective"].as_str() {
            Some(date) => one["effectiveDateTime"] = json!(date),
            None => {
                one.as_object_mut().expect("an object").remove("effectiveDateTime");
            }
        }
        if shape != Shape::Contained {
            one["specimen"] =
                json!({"reference": format!("Specimen/{}", given["specimen"].as_str().expect("a specimen"))});
        }
        if given["invasive"] == json!(false) {
            one["component"] = json!([detail("component-invasive", json!({"valueBoolean": false}))]);
        }
    }
    let text = |key: &str| given[key].as_str().unwrap_or_default();
    let mut tissue = specimen(text("specimen"), text("kind"), text("collected"), text("site"), tumour);
    if given["collected"].is_null() {
        tissue["collection"].as_object_mut().expect("an object").remove("collectedDateTime");
    }
    if shape == Shape::Contained {
        tissue["accessionIdentifier"] = json!({"value": format!("S26-{}", text("specimen"))});
        for one in &mut all {
            one["contained"] = json!([tissue]);
            one["specimen"] = json!({"reference": format!("#{}", text("specimen"))});
        }
    } else {
        all.push(tissue);
    }
    all
}

fn one_specimen(vector: &Value, tumour: &str, shape: Shape) -> Vec<Value> {
    let scoring = vector["scoring"].as_str().unwrap_or("unknown");
    let mut all = Vec::new();
    if vector["ihc"].is_object() {
        all.push(ihc_observation("ihc", &vector["ihc"], scoring, shape));
    }
    if vector["ish"].is_object() {
        all.extend(ish_observations(&vector["ish"], shape));
    }
    if let Some(text) = vector["overall"].as_str() {
        let mut one = observation("overall", "48676-1");
        one["valueCodeableConcept"] = word_in(text, shape);
        if scoring != "unknown" && vector["ihc"].is_null() {
            one["component"] = json!([detail("scoring-system", json!({"valueString": scoring}))]);
        }
        all.push(one);
    }
    if vector["ihc"].is_null() && vector["ish"].is_object() && scoring != "unknown" {
        let details = all[0].as_object_mut().expect("an object").entry("component").or_insert_with(|| json!([]));
        details.as_array_mut().expect("an array").push(detail("scoring-system", json!({"valueString": scoring})));
    }
    let tissue = specimen("s1", vector["kind"].as_str().unwrap_or("unknown"), "2026-10-01", "", tumour);
    match shape {
        Shape::OneByOne | Shape::Components => {
            for one in &mut all {
                one["specimen"] = json!({"reference": "Specimen/s1"});
            }
            all.push(tissue);
        }
        Shape::Panel => {
            let members: Vec<Value> = all
                .iter()
                .map(|one| json!({"reference": format!("Observation/{}", one["id"].as_str().unwrap_or_default())}))
                .collect();
            let mut panel = observation("panel", "74885-5");
            panel["hasMember"] = Value::Array(members);
            panel["specimen"] = json!({"reference": "Specimen/s1"});
            all.push(panel);
            all.push(tissue);
        }
        Shape::Contained => {
            for one in &mut all {
                let mut own = tissue.clone();
                own["accessionIdentifier"] = json!({"value": "S26-1234"});
                one["contained"] = json!([own]);
                one["specimen"] = json!({"reference": "#s1"});
            }
        }
    }
    all
}

#[test]
fn every_worked_example_gets_the_expected_answer_in_every_shape_of_fhir() {
    let knowledge = knowledge();
    let (mut wrong, mut same) = (Vec::new(), Vec::new());
    for vector in vectors() {
        let shapes = SHAPES.map(|shape| bundle(&vector, shape));
        let distinct: std::collections::HashSet<&String> = shapes.iter().collect();
        if distinct.len() < SHAPES.len() {
            same.push(vector["id"].as_str().unwrap_or_default().to_owned());
        }
        for (shape, json) in SHAPES.into_iter().zip(shapes) {
            let document = Document::parse(json.as_bytes()).expect("JSON");
            let evidence = extract([Source { place: "her2", json: document.root() }], Some("p1"));
            let answer = assess(&knowledge, &evidence, TODAY);
            let printed = serde_json::to_value(&answer).expect("an assessment is JSON");
            for difference in differences(&vector, &printed) {
                wrong.push(format!("{} {shape:?}: {difference}", vector["id"].as_str().unwrap_or_default()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert!(same.is_empty(), "sent in fewer than four shapes: {same:?}");
}

fn differences(vector: &Value, printed: &Value) -> Vec<String> {
    let expected = &vector["expected"];
    let lead = printed["lead"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    let found = &printed["specimens"][lead];
    if found.is_null() {
        return vec![format!("no specimen; excluded {}", printed["excluded"])];
    }
    let mut differences = Vec::new();
    for key in ["category", "expression", "nextStep", "comment", "provisional"] {
        if expected[key] != found[key] {
            differences.push(format!("{key}: expected {}, found {} by {}", expected[key], found[key], found["rule"]));
        }
    }
    let group = if found["ish"].is_null() { &Value::Null } else { &found["ish"]["group"] };
    if expected["ishGroup"] != *group {
        differences.push(format!("ishGroup: expected {}, found {group}", expected["ishGroup"]));
    }
    let flags = found["flags"].as_array().cloned().unwrap_or_default();
    for flag in expected["flags"].as_array().into_iter().flatten() {
        if !flags.contains(flag) {
            differences.push(format!("flag {flag} is missing from {flags:?}"));
        }
    }
    if expected["actionable"].is_boolean() && expected["actionable"] != printed["actionable"] {
        differences.push(format!("actionable: expected {}, found {}", expected["actionable"], printed["actionable"]));
    }
    for (id, wanted) in vector["considerations"].as_object().into_iter().flatten() {
        let verdict = printed["considerations"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|one| one["id"] == **id)
            .and_then(|one| one["verdict"].as_str());
        let fits = match wanted.as_str() {
            Some("not_label") => matches!(verdict, None | Some("not_met")),
            _ => matches!(verdict, Some("met" | "unknown")),
        };
        if !fits {
            differences.push(format!("consideration {id}: expected {wanted}, found {verdict:?}"));
        }
    }
    differences
}
