//! The site's own codes for the orders that cards draft: an EHR that places orders from its own list does not know ours.
//!
//! A code goes in front of the standard ones, which stay. The assessment is the same for every client.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::quiet::Sifted;
use super::response::{Action, Card};
use crate::json::Document;

/// A code and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SiteCode {
    system: Box<str>,
    code: Box<str>,
}

/// Codes by the name of the draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderCodes(BTreeMap<&'static str, SiteCode>);

/// What is wrong with one of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderCodeFault {
    /// No card drafts such an order.
    #[error("order_codes: there is no draft `{0}`; use {names}", names = OrderCodes::NAMES.join(", "))]
    NoDraft(String),
    /// Not `system|code`.
    #[error("order_codes: `{0}`: write the system and the code of the order as system|code")]
    NoCode(&'static str),
}

impl OrderCodes {
    /// The drafts that are orders; the id of each is its name with a number.
    pub const NAMES: [&'static str; 7] =
        ["her2-cps", "her2-echo", "her2-ihc", "her2-ish", "her2-ras", "her2-repeat", "her2-review"];

    /// Reads a table of `name = "system|code"`.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(table: &BTreeMap<String, String>) -> Result<Self, Vec<OrderCodeFault>> {
        let (mut codes, mut faults) = (Self::default(), Vec::new());
        for (name, text) in table {
            match Self::NAMES.into_iter().find(|known| known == name) {
                None => faults.push(OrderCodeFault::NoDraft(name.clone())),
                Some(name) => match site_code(text) {
                    Some(code) => drop(codes.0.insert(name, code)),
                    None => faults.push(OrderCodeFault::NoCode(name)),
                },
            }
        }
        if faults.is_empty() { Ok(codes) } else { Err(faults) }
    }

    fn of(&self, draft: &str) -> Option<&SiteCode> {
        self.0
            .iter()
            .find(|(name, _)| draft.strip_prefix(**name).is_some_and(|rest| rest == "-1"))
            .map(|(_, code)| code)
    }
}

fn site_code(text: &str) -> Option<SiteCode> {
    let (system, code) = text.split_once('|')?;
    let is_plain = |part: &str| !part.is_empty() && part.len() <= 256 && part.chars().all(|c| c.is_ascii_graphic());
    (is_plain(system) && is_plain(code) && !code.contains('|'))
        .then(|| SiteCode { system: system.into(), code: code.into() })
}

impl Sifted {
    /// With the site's own codes in the drafts of the cards, those that are kept back included.
    #[must_use]
    pub fn with_codes_of(mut self, site: &OrderCodes) -> Self {
        if site.0.is_empty() {
            return self;
        }
        let withheld = self.withheld.iter_mut().filter_map(|withheld| withheld.card.as_mut());
        self.shown.iter_mut().chain(withheld).for_each(|card| code_drafts(card, site));
        self
    }
}

fn code_drafts(card: &mut Card, site: &OrderCodes) {
    for action in card.suggestions.iter_mut().flat_map(|suggestion| &mut suggestion.actions) {
        if let Action::Create { resource, .. } = action
            && let Some(coded) = coded(resource.get(), site)
        {
            *resource = coded;
        }
    }
}

/// The draft with its site's code in front; None where the site has none for it.
fn coded(draft: &str, site: &OrderCodes) -> Option<Box<RawValue>> {
    let document = Document::parse(draft.as_bytes()).ok()?;
    let root = document.root();
    let id = root.get("id")?.text()?;
    let SiteCode { system, code } = site.of(&id)?;
    let ours = format!(r#"{{"system":{},"code":{}}}"#, quoted(system)?, quoted(code)?);
    let concept = root.get("code")?;
    let known = concept.get("coding").map(|coding| coding.elements().map(|one| one.raw()).collect::<Vec<_>>());
    let codings = std::iter::once(&*ours).chain(known.into_iter().flatten()).collect::<Vec<_>>().join(",");
    let others = concept.members().filter(|(name, _)| !name.is("coding"));
    let others: String = others.map(|(name, value)| format!(r#","{}":{}"#, name.as_str(), value.raw())).collect();
    // Where the concept lies in the draft, of which it is a part.
    let begin = (concept.raw().as_ptr() as usize).checked_sub(draft.as_ptr() as usize)?;
    let (before, after) = (draft.get(..begin)?, draft.get(begin + concept.raw().len()..)?);
    RawValue::from_string(format!(r#"{before}{{"coding":[{codings}]{others}}}{after}"#)).ok()
}

fn quoted(text: &str) -> Option<String> {
    serde_json::to_string(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect()
    }

    #[test]
    fn a_code_names_its_system_and_a_draft_that_there_is() {
        let faults = |entries: &[(&str, &str)]| -> Vec<String> {
            OrderCodes::parse(&table(entries)).err().unwrap_or_default().iter().map(ToString::to_string).collect()
        };
        assert_eq!(faults(&[("her2-echo", "urn:x|1"), ("her2-ish", "https://ehr.example.org/orders|A-2")]), [""; 0]);
        let told = faults(&[("echo", "urn:x|1"), ("her2-ish", "1"), ("her2-ihc", "urn:x|"), ("her2-ras", "a b|c")]);
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with("order_codes: there is no draft `echo`; use her2-cps, her2-echo"), "{told:?}");
        assert!(told[1..].iter().all(|fault| fault.contains("system|code")), "{told:?}");
    }

    #[test]
    fn the_code_of_the_site_stands_in_front_of_the_standard_one_and_nothing_else_changes() {
        let site = OrderCodes::parse(&table(&[("her2-ish", "urn:site|I\"1"), ("her2-ras", "urn:site|R1")])).unwrap();
        let of = |draft: &str| coded(draft, &site).map(|coded| coded.get().to_owned());
        let ish = r#"{"resourceType":"ServiceRequest","id":"her2-ish-1","code":{"coding":[{"code":"434363004"}],"text":"ISH"},"subject":{"reference":"Patient/p"}}"#;
        assert_eq!(
            of(ish).unwrap(),
            ish.replace(r#"[{"code":"434"#, r#"[{"system":"urn:site","code":"I\"1"},{"code":"434"#)
        );
        let ras = r#"{"id":"her2-ras-1","code":{"text":"RAS"}}"#;
        assert_eq!(
            of(ras).unwrap(),
            r#"{"id":"her2-ras-1","code":{"coding":[{"system":"urn:site","code":"R1"}],"text":"RAS"}}"#
        );
        for other in [
            r#"{"id":"her2-ihc-1","code":{"text":"IHC"}}"#,
            r#"{"id":"her2-ish-12","code":{}}"#,
            r#"{"id":"her2-ish-1"}"#,
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
