//! The primary tumours of a record, and which of them a result belongs to: by `focus`, else by where the tissue lay, else the
//! only one there is. Where two are possible the answer is "not known".

use crate::domain::specimen::{Side, Site as Where};
use crate::domain::tumour::{Tumour, TumourClass};

use super::entries::{Entries, Kind};
use super::gather::is_other_patient;
use super::laterality::{self, Sides};
use super::site::{self, Site};
use super::wire::{Concept, Raw, concepts, extensions, reference};

/// The Conditions of the record that say which tumour it is.
pub(super) struct Diagnoses {
    /// Each primary diagnosis in the order of the entries, past ones included: an old result may be linked to one.
    pub all: Vec<Primary>,
    /// Entries of Conditions that are no primary tumour: metastases and other diseases.
    pub others: Vec<usize>,
    /// The sites that stand for the record: the active ones, or the past ones where none is active.
    of_today: Vec<Site>,
}

/// One primary diagnosis.
pub(super) struct Primary {
    pub entry: usize,
    pub site: Site,
    /// Breast only.
    sides: Sides,
}

/// The primary tumour of a specimen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub site: Site,
    pub lies: Where,
    sides: Sides,
}

impl Diagnoses {
    pub(super) fn of(entries: &Entries<'_>, patient: Option<&str>) -> Self {
        let conditions = entries.all.iter().enumerate().filter(|(_, entry)| entry.kind == Kind::Condition);
        let own = conditions.filter(|(at, _)| !is_other_patient(entries, *at, patient));
        let mut all: Vec<(Primary, bool)> = Vec::new();
        let mut others: Vec<usize> = Vec::new();
        for (at, entry) in own {
            match site::of_condition(&entry.resource) {
                Some(site) => {
                    let breast = site.tumour == Tumour::Breast;
                    let sides = if breast { laterality::of_condition(&entry.resource) } else { Sides::default() };
                    all.push((Primary { entry: at, site, sides }, site::is_over(&entry.resource)));
                }
                None => others.push(at),
            }
        }
        let all_over = all.iter().all(|(_, over)| *over);
        let of_today = all.iter().filter(|(_, over)| all_over || !over).map(|(primary, _)| primary.site).collect();
        Self { all: all.into_iter().map(|(primary, _)| primary).collect(), others, of_today }
    }

    pub(super) fn of_record(&self) -> Site {
        site::together(&self.of_today)
    }

    /// Do the diagnoses, past ones among them, name one tumour only?
    pub(super) fn name_one_tumour(&self) -> bool {
        let tumour = self.of_record().tumour;
        self.all.iter().all(|primary| primary.site.tumour == tumour)
    }

    /// The primary of results on tissue from `body_sites`, whose `focus` names the Conditions `linked`.
    pub(super) fn link(&self, linked: &[usize], body_sites: &[Raw<'_>], entries: &Entries<'_>) -> Link {
        let places: Vec<Vec<Concept<'_>>> = body_sites.iter().map(|sent| concepts(*sent)).collect();
        let named = self.named(linked, entries);
        let focus: Vec<Site> = named.iter().map(|primary| primary.site).collect();
        let site = if focus.is_empty() { self.of_place(&places) } else { site::together(&focus) };
        let by_place = || places.iter().map(|place| site::lies(place, site.tumour));
        let lies = by_place().find(|place| *place != Where::Unknown).unwrap_or(Where::Unknown);
        if site.tumour != Tumour::Breast {
            return Link { site, lies, sides: Sides::default() };
        }
        let by_focus = named.iter().map(|primary| primary.sides).fold(Sides::default(), Sides::union);
        if by_focus.only().is_some() {
            return Link { site, lies, sides: by_focus };
        }
        // the side of a metastasis is not that of its primary
        let in_breast = body_sites.iter().zip(by_place()).filter(|(_, place)| *place == Where::Primary);
        let sides = in_breast.map(|(sent, _)| laterality::of_body_site(*sent)).fold(Sides::default(), Sides::union);
        let of_side: Vec<Site> = self.all.iter().filter(|one| one.sides.cover(sides)).map(|one| one.site).collect();
        let site = if focus.is_empty() && !of_side.is_empty() { site::together(&of_side) } else { site };
        Link { site, lies, sides }
    }

    /// The primaries that `linked` names, a secondary tumour followed to its primary.
    fn named(&self, linked: &[usize], entries: &Entries<'_>) -> Vec<&Primary> {
        let mut named: Vec<&Primary> = Vec::new();
        for at in linked {
            named.extend(self.primary(*at));
            let related = extensions(entries.all[*at].resource.extension(), "/condition-related");
            let targets = related.iter().filter_map(|extension| reference(extension.value_reference()));
            let targets = targets.filter_map(|target| entries.resolve(&target, *at));
            named.extend(targets.filter_map(|target| self.primary(target)));
        }
        named
    }

    fn primary(&self, entry: usize) -> Option<&Primary> {
        let at = self.all.binary_search_by_key(&entry, |primary| primary.entry).ok()?;
        self.all.get(at)
    }

    /// The only tumour of the record; of two, the one in whose organ the tissue lay.
    fn of_place(&self, places: &[Vec<Concept<'_>>]) -> Site {
        let record = self.of_record();
        if record.tumour != Tumour::Unknown {
            return record;
        }
        let Some(organ) = places.iter().find_map(|place| site::organ_of_primary(place)) else { return record };
        let there: Vec<Site> = self.of_today.iter().copied().filter(|site| site.tumour == organ).collect();
        if there.is_empty() { record } else { site::together(&there) }
    }

    /// The side of each specimen of the record, where diagnoses and specimens of invasive breast cancer name both. In situ
    /// disease of the other breast is no second primary.
    pub(super) fn sides(&self, links: &[Link]) -> Vec<Option<Side>> {
        let of_specimens = links.iter().filter(|link| link.site.class != TumourClass::InSituOnly);
        let of_specimens = of_specimens.map(|link| link.sides).fold(Sides::default(), Sides::union);
        let two = self.diagnosed_sides().union(of_specimens).are_two();
        let side = |link: &Link| {
            let asked = two && link.site.tumour == Tumour::Breast;
            asked.then(|| link.sides.only().unwrap_or(Side::NotKnown))
        };
        links.iter().map(side).collect()
    }

    /// The sides of invasive breast cancer that the diagnoses name.
    pub(super) fn diagnosed_sides(&self) -> Sides {
        let invasive = self.all.iter().filter(|primary| primary.site.class != TumourClass::InSituOnly);
        invasive.map(|primary| primary.sides).fold(Sides::default(), Sides::union)
    }
}
