//! Squamous cell carcinoma of the lung, which labels of "non-squamous" cancer leave out. ICD-10 has no code for it.

use super::codes::{self, System};
use super::site::{histologies, is_in_doubt};
use super::text::unaccented;
use super::wire::{Coding, Resource, concept};

/// Does the diagnosis call the carcinoma squamous? None where it names no kind, or two.
pub(super) fn squamous(condition: &Resource<'_>) -> Option<bool> {
    if is_in_doubt(condition) {
        return None;
    }
    let code = concept(condition.code());
    let texts = code.coding.iter().filter_map(|coding| coding.display.as_deref()).chain(code.text.as_deref());
    let said = code.coding.iter().filter_map(by_code);
    let said = said.chain(texts.filter_map(by_text));
    let said: Vec<bool> =
        said.chain(histologies(condition, &code).iter().filter_map(|kind| by_morphology(kind))).collect();
    let first = said.first()?;
    said.iter().all(|other| other == first).then_some(*first)
}

/// SNOMED CT: squamous cell carcinoma of the lung, adenocarcinoma of the lung.
fn by_code(coding: &Coding<'_>) -> Option<bool> {
    if codes::system(coding.system.as_deref()) != System::Snomed {
        return None;
    }
    match coding.code.as_deref()?.trim() {
        "254634000" => Some(true),
        "254626006" => Some(false),
        _ => None,
    }
}

/// ICD-O-3: 8070 to 8078 are squamous, 8140 is adenocarcinoma.
fn by_morphology(kind: &str) -> Option<bool> {
    match kind.get(..4)? {
        "8070" | "8071" | "8072" | "8073" | "8074" | "8075" | "8076" | "8078" => Some(true),
        "8140" => Some(false),
        _ => None,
    }
}

/// "Adenosquamous" is another word, and "non-squamous" the contrary.
fn by_text(text: &str) -> Option<bool> {
    let plain = unaccented(text);
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| *word == "squamous" || word.starts_with("plattenepithel"))?;
    let denied = at.checked_sub(1).is_some_and(|before| ["non", "not", "no", "nicht", "kein"].contains(&words[before]));
    // "no evidence of squamous differentiation", "adenocarcinoma with squamous parts": too much for one word
    let clear = !words[..at].iter().any(|word| ["no", "not", "without", "with", "excluded"].contains(word));
    if denied { Some(false) } else { clear.then_some(true) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Document;

    fn read(members: &str) -> Option<bool> {
        let json = format!(r#"{{"resourceType":"Condition",{members}}}"#);
        let document = Document::parse(json.as_bytes()).unwrap();
        squamous(&Resource::of(document.root()).unwrap())
    }

    fn text(text: &str) -> Option<bool> {
        read(&format!(r#""code":{{"text":"{text}"}}"#))
    }

    #[test]
    fn a_squamous_lung_cancer_is_known_by_code_morphology_or_text() {
        let snomed = |code: &str| {
            read(&format!(r#""code":{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}"}}]}}"#))
        };
        assert_eq!(snomed("254634000"), Some(true));
        assert_eq!(snomed("254626006"), Some(false));
        assert_eq!(snomed("254637007"), None, "non-small cell");
        let morphology = |code: &str| {
            read(&format!(
                r#""code":{{"coding":[{{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C34.11"}},{{"code":"{code}"}}]}}"#
            ))
        };
        assert_eq!(morphology("8070/3"), Some(true));
        assert_eq!(morphology("8140/3"), Some(false));
        assert_eq!(text("Squamous cell carcinoma of lung"), Some(true));
        assert_eq!(text("Plattenepithelkarzinom der Lunge"), Some(true));
    }

    #[test]
    fn what_is_not_said_or_denied_is_not_squamous() {
        assert_eq!(text("Non-squamous non-small cell lung cancer"), Some(false));
        for other in ["Adenosquamous carcinoma of lung", "Lung cancer", "adenocarcinoma without squamous parts"] {
            assert_eq!(text(other), None, "{other}");
        }
        let icd = r#""code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C34.11"}]}"#;
        assert_eq!(read(icd), None);
        let doubted =
            r#""code":{"text":"squamous cell carcinoma"},"verificationStatus":{"coding":[{"code":"differential"}]}"#;
        assert_eq!(read(doubted), None);
        let both = r#""code":{"text":"squamous cell carcinoma","coding":[{"code":"8140/3"}]}"#;
        assert_eq!(read(both), None);
    }
}
