//! The entries of a request: Bundles and arrays flattened, contained resources beside their owners, references resolved.

use smol_str::SmolStr;

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::json::{Text, Value};

use super::bundle::{Members, entries};
use super::medicine::Said;
use super::version;
use super::wire::{Raw, Resource, items, text};

/// Bundles inside Bundles are followed this deep.
const DEEPEST: usize = 8;
/// A name of an older version is followed through as many newer ones.
const MOST_VERSIONS: usize = 64;
/// Most requests hold no more resources.
const USUAL_NUMBER: usize = 16;

/// A named piece of input.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Prefetch key, or a short name of the input.
    pub place: &'a str,
    /// A resource, a Bundle, or a JSON array of resources.
    pub json: Value<'a>,
}

/// One resource of the request.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// Its JSON.
    pub json: Value<'a>,
    pub resource: Resource<'a>,
    pub kind: Kind,
    /// `Type/id`, else the fullUrl, else the place.
    pub reference: SmolStr,
    /// Index of the entry that contains this one.
    pub owner: Option<usize>,
    /// A newer version of it, or of what contains it, was sent as well.
    pub outdated: bool,
    /// Index of that version.
    newer: Option<usize>,
}

/// Resource types that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Observation,
    DiagnosticReport,
    Condition,
    Specimen,
    Patient,
    MedicationRequest,
    MedicationAdministration,
    MedicationStatement,
    Medication,
    Substance,
    Procedure,
    Other,
}

/// All entries, and the ways to refer to them.
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    pub all: Vec<Entry<'a>>,
    by_reference: BTreeMap<Cow<'a, str>, usize>,
    /// Text and fullUrl of resources that have no id of their own, or share one: the same again is not read again.
    unnamed: HashSet<(&'a str, Cow<'a, str>)>,
    /// What the Medications say that were asked about, by entry and by whether their ingredients count.
    pub medications: RefCell<HashMap<(usize, bool), Rc<Said>>>,
}

impl<'a> Entries<'a> {
    /// Reads every source. What is no resource is passed over.
    pub(super) fn of(sources: impl IntoIterator<Item = Source<'a>>) -> Self {
        let mut entries = Self { all: Vec::with_capacity(USUAL_NUMBER), ..Self::default() };
        for source in sources {
            entries.take(source.json, &|| source.place.to_owned(), None, DEEPEST);
        }
        entries
    }

    /// The same for the orders of an ordering hook, which are a Bundle whether they say so or not.
    pub(super) fn of_orders(orders: Source<'a>, others: impl IntoIterator<Item = Source<'a>>) -> Self {
        let mut entries = Self { all: Vec::with_capacity(USUAL_NUMBER), ..Self::default() };
        let place = || orders.place.to_owned();
        match orders.json.get("entry") {
            Some(sent) if !orders.json.repeats_one_of(&["entry"]) => entries.bundle(Some(sent), &place, DEEPEST),
            _ => entries.take(orders.json, &place, None, DEEPEST),
        }
        for source in others {
            entries.take(source.json, &|| source.place.to_owned(), None, DEEPEST);
        }
        entries
    }

    fn take(&mut self, json: Value<'a>, place: &dyn Fn() -> String, full_url: Option<Text<'a>>, depth: usize) {
        if depth == 0 {
            return;
        }
        if json.is_array() {
            for (at, one) in json.elements().enumerate().filter(|(_, one)| !one.is_null()) {
                self.take(one, &|| format!("{}[{at}]", place()), None, depth - 1);
            }
            return;
        }
        if !Resource::is_clear(json) {
            self.unreadable(json, place, full_url.as_deref());
            return;
        }
        match text(json.get("resourceType")).as_deref() {
            Some("Bundle") => self.bundle(json.get("entry"), place, depth),
            Some(kind) => {
                let kind = kind_of(kind);
                if kind != Kind::Other {
                    self.keep(json, kind, place, full_url);
                }
            }
            None => {}
        }
    }

    fn bundle(&mut self, sent: Raw<'a>, place: &dyn Fn() -> String, depth: usize) {
        for entry in entries(sent) {
            let own_place = || format!("{}.entry[{}]", place(), entry.position);
            match entry.members {
                Members::Once => {
                    self.take(entry.resource, &own_place, text(entry.full_url), depth - 1);
                }
                Members::Repeated => self.unreadable(entry.resource, &own_place, None),
            }
        }
    }

    /// A member stands twice, or a member that is read is broken: kept without its members if it looks like an Observation,
    /// so that it can be named.
    fn unreadable(&mut self, json: Value<'a>, place: &dyn Fn() -> String, full_url: Option<&str>) {
        let looks_like = json.raw().contains("\"Observation\"");
        if looks_like {
            let names = Some(json).filter(|json| !json.repeats_one_of(&["resourceType", "id"]));
            let name = |member| names.and_then(|names| text(names.get(member)));
            let observation = name("resourceType").is_some_and(|kind| &*kind == "Observation");
            let id = name("id").filter(|id| observation && is_id(id));
            let by_url = || full_url.filter(|url| is_clean(url)).map_or_else(place, str::to_owned);
            let reference = id.map_or_else(by_url, |id| format!("Observation/{}", &*id));
            let resource = Resource::default();
            let (kind, reference) = (Kind::Observation, reference.into());
            self.all.push(Entry { json, resource, kind, reference, owner: None, outdated: false, newer: None });
        }
    }

    fn keep(&mut self, json: Value<'a>, kind: Kind, place: &dyn Fn() -> String, full_url: Option<Text<'a>>) {
        let full_url = full_url.map(|url| url.0);
        let id = text(json.get("id"));
        let id = id.as_deref().filter(|id| is_id(id));
        let tail = full_url.as_ref().and_then(tail_of);
        let own = id.map(|id| own_reference(kind, id, tail.as_ref()));
        let before = own.as_deref().and_then(|own| self.by_reference.get(own)).copied();
        // the same resource through two interfaces is read once; another one under the same id is named by its entry
        let again = match before {
            Some(before) if self.all[before].json.raw() == json.raw() => Some(before),
            None if own.is_some() => None,
            _ => {
                let first = self.unnamed.insert((json.raw(), full_url.clone().unwrap_or_default()));
                if !first {
                    return;
                }
                None
            }
        };
        if let Some(before) = again {
            if let Some(url) = full_url {
                self.by_reference.entry(url).or_insert(before);
            }
            return;
        }
        let Some(resource) = Resource::of(json) else { return };
        let at = self.all.len();
        // drafts of orders are no versions of anything
        let has_versions =
            matches!(kind, Kind::Observation | Kind::DiagnosticReport | Kind::Condition | Kind::Specimen);
        let before =
            before.map(|before| (before, version::compare(json, self.all[before].json).filter(|_| has_versions)));
        let outdated = matches!(before, Some((_, Some(Ordering::Less))));
        if let Some((before, Some(Ordering::Greater))) = before {
            self.outdate(before);
        }
        let reference = match own {
            Some(own) if outdated => version::name(&own, json).into(),
            Some(own) if matches!(before, None | Some((_, Some(_)))) => own,
            _ => full_url.as_deref().filter(|url| is_clean(url)).map_or_else(place, str::to_owned).into(),
        };
        let contained = resource.contained();
        // what is not told with the results has no older version to tell
        let kind = if outdated { told_when_outdated(kind) } else { kind };
        let newer = before.and_then(|(before, _)| outdated.then_some(before));
        self.all.push(Entry { json, resource, kind, reference: (*reference).into(), owner: None, outdated, newer });
        if let Some((_, Some(Ordering::Greater))) = before {
            self.by_reference.insert(reference.clone(), at);
        }
        if let Some(tail) = tail.filter(|tail| *tail != reference) {
            self.by_reference.entry(tail).or_insert(at);
        }
        self.by_reference.entry(reference).or_insert(at);
        if let Some(url) = full_url {
            self.by_reference.entry(url).or_insert(at);
        }
        for (nth, one) in items(contained).enumerate() {
            self.contain(one, at, nth);
        }
    }

    /// Leaves the name of an entry to the newer version that follows, and marks what it contains.
    fn outdate(&mut self, before: usize) {
        let newer = self.all.len();
        let entry = &mut self.all[before];
        let name = version::name(&entry.reference, entry.json);
        entry.outdated = true;
        entry.newer = Some(newer);
        entry.kind = told_when_outdated(entry.kind);
        entry.reference = name.as_str().into();
        for at in (before + 1..newer).take_while(|at| self.all[*at].owner == Some(before)).collect::<Vec<_>>() {
            let one = &mut self.all[at];
            one.outdated = true;
            self.by_reference.remove(one.reference.as_str());
            if let Some((_, id)) = one.reference.rsplit_once('#') {
                one.reference = format!("{name}#{id}").into();
                self.by_reference.insert(one.reference.to_string().into(), at);
            }
        }
    }

    fn contain(&mut self, json: Value<'a>, owner: usize, nth: usize) {
        let place = || format!("{}#contained[{nth}]", self.all[owner].reference);
        let Some(resource) = Resource::of(json) else {
            let place = place();
            self.unreadable(json, &|| place.clone(), None);
            return;
        };
        let Some(kind) = text(resource.resource_type()).map(|kind| kind_of(&kind)).filter(|kind| *kind != Kind::Other)
        else {
            return;
        };
        let id = text(resource.id());
        let id = id.as_deref().map(|id| id.trim_start_matches('#')).filter(|id| is_id(id));
        let reference: SmolStr = id.map_or_else(place, |id| format!("{}#{id}", self.all[owner].reference)).into();
        let at = self.all.len();
        self.by_reference.entry(reference.to_string().into()).or_insert(at);
        let outdated = self.all[owner].outdated;
        self.all.push(Entry { json, resource, kind, reference, owner: Some(owner), outdated, newer: None });
    }

    /// The entry that `reference` names, seen from the entry `from`.
    pub(super) fn resolve(&self, reference: &str, from: usize) -> Option<usize> {
        let reference = reference.trim();
        if let Some(id) = reference.strip_prefix('#') {
            let owner = self.all[from].owner.unwrap_or(from);
            return self.by_reference.get(&*format!("{}#{id}", self.all[owner].reference)).copied();
        }
        let by_tail = || tail(reference).filter(|tail| tail.len() < reference.len());
        let mut at = self.by_reference.get(reference).or_else(|| self.by_reference.get(by_tail()?)).copied()?;
        for _ in 0..MOST_VERSIONS {
            let Some(newer) = self.all[at].newer else { break };
            at = newer;
        }
        Some(at)
    }
}

/// An older result or report is named; an older diagnosis or specimen says nothing.
const fn told_when_outdated(kind: Kind) -> Kind {
    if matches!(kind, Kind::Observation | Kind::DiagnosticReport) { kind } else { Kind::Other }
}

fn kind_of(name: &str) -> Kind {
    match name {
        "Observation" => Kind::Observation,
        "DiagnosticReport" => Kind::DiagnosticReport,
        "Condition" => Kind::Condition,
        "Specimen" => Kind::Specimen,
        "Patient" => Kind::Patient,
        "MedicationRequest" => Kind::MedicationRequest,
        "MedicationAdministration" => Kind::MedicationAdministration,
        "MedicationStatement" => Kind::MedicationStatement,
        "Medication" => Kind::Medication,
        "Substance" => Kind::Substance,
        "Procedure" => Kind::Procedure,
        _ => Kind::Other,
    }
}

const fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Observation => "Observation",
        Kind::DiagnosticReport => "DiagnosticReport",
        Kind::Condition => "Condition",
        Kind::Specimen => "Specimen",
        Kind::Patient => "Patient",
        Kind::MedicationRequest => "MedicationRequest",
        Kind::MedicationAdministration => "MedicationAdministration",
        Kind::MedicationStatement => "MedicationStatement",
        Kind::Medication => "Medication",
        Kind::Substance => "Substance",
        Kind::Procedure => "Procedure",
        Kind::Other => "Resource",
    }
}

/// May a fullUrl be shown as a reference?
fn is_clean(url: &str) -> bool {
    !url.is_empty() && url.len() <= 512 && !url.chars().any(char::is_control)
}

/// The FHIR id grammar, underscores tolerated.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
}

/// `Type/id` of a resource. Mostly its fullUrl ends with that, and it need not be written once more.
fn own_reference<'a>(kind: Kind, id: &str, tail: Option<&Cow<'a, str>>) -> Cow<'a, str> {
    let kind = name_of(kind);
    let is_own = |tail: &str| tail.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')) == Some(id);
    match tail {
        Some(tail) if is_own(tail) => tail.clone(),
        _ => Cow::Owned([kind, "/", id].concat()),
    }
}

fn tail_of<'a>(url: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    match url {
        Cow::Borrowed(url) => tail(url).map(Cow::Borrowed),
        Cow::Owned(url) => tail(url).map(|tail| Cow::Owned(tail.to_owned())),
    }
}

/// `Type/id` at the end of a relative or absolute reference, a version left out.
pub(super) fn tail(reference: &str) -> Option<&str> {
    // few references hold an underscore, and only those are searched for a version
    let version = if reference.as_bytes().contains(&b'_') { reference.find("/_history/") } else { None };
    let reference = &reference[..version.unwrap_or(reference.len())];
    let last_slash = |bytes: &[u8]| bytes.iter().rposition(|byte| *byte == b'/');
    let slash = last_slash(reference.as_bytes())?;
    let start = last_slash(&reference.as_bytes()[..slash]).map_or(0, |at| at + 1);
    let kind = &reference.as_bytes()[start..slash];
    let named = !kind.is_empty() && kind.iter().all(u8::is_ascii_alphabetic);
    named.then(|| &reference[start..])
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn a_reference_ends_with_type_and_id_wherever_it_was_sent_from() {
        for reference in [
            "Observation/o1",
            "https://fhir.example.org/r4/Observation/o1",
            "Observation/o1/_history/3",
            "https://fhir.example.org/r4/Observation/o1/_history/3",
            "Observation/o1/_history/3/",
            "/Observation/o1",
        ] {
            assert_eq!(tail(reference), Some("Observation/o1"), "{reference}");
        }
        for reference in ["o1", "", "urn:uuid:1/2", "/o1", "o1/_history/3", "https://x/_history/Patient/1"] {
            assert_eq!(tail(reference), None, "{reference}");
        }
    }
}
