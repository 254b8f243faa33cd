//! One ISH from its parts: laboratories send ratio, copies and cells as one Observation, as panel members, or one by one.

use std::cmp::Ordering;
use std::collections::HashSet;

use smallvec::SmallVec;

use crate::domain::evidence::{Reading as Shown, ResultStatus, TestResult, TestValue, TextMarks};
use crate::domain::ish::{Count, Ish, IshMethod, IshWord, Recount};
use crate::domain::when::When;

use super::specimen::on_other_days;

/// An ISH under construction.
#[derive(Debug)]
pub(super) struct IshPart {
    pub ish: Ish,
    pub blinded: Option<bool>,
    pub text: Option<TextMarks>,
    pub status: ResultStatus,
    pub effective: Option<When>,
    pub reading: Shown,
    /// Entry that it was read from.
    pub entry: usize,
    pub derived_from: Vec<usize>,
    /// The panels of one ISH that it is a member of.
    pub panels: Lists,
    /// All panels and reports that list it; empty where they tell nothing apart.
    pub listed_by: Lists,
}

/// Entries of panels and reports. Mostly there is one of each.
pub(super) type Lists = SmallVec<[usize; 2]>;

struct Build {
    ish: Ish,
    blinded: Option<bool>,
    text: Option<TextMarks>,
    status: ResultStatus,
    effective: Option<When>,
    readings: Vec<Shown>,
    entries: Vec<usize>,
    panels: Lists,
    listed_by: Lists,
    /// Index of the build that this one counts again.
    recount_of: Option<usize>,
    /// Nothing is joined to it.
    apart: bool,
}

/// Joins parts that fill each other's gaps, of one panel or of one day and not of two panels or reports; an ISH derived from another one
/// that it repeats is its recount.
pub(super) fn combine(parts: Vec<IshPart>) -> Vec<TestResult> {
    if parts.len() > MOST_JOINED {
        return parts.into_iter().map(|part| Build::new(part, None, true).result()).collect();
    }
    let mut builds: Vec<Build> = Vec::new();
    let parts = origins_first(parts);
    let apart: Vec<bool> = (0..parts.len()).map(|at| fits_two_that_differ(&parts, at)).collect();
    for (part, apart) in parts.into_iter().zip(apart) {
        let recount_of = builds.iter().position(|build| {
            build.entries.iter().any(|entry| part.derived_from.contains(entry))
                && (part.blinded.is_some() || !fills_gaps(&build.ish, &part.ish))
        });
        let fits = |build: &Build| {
            let derived = || build.entries.iter().any(|entry| part.derived_from.contains(entry));
            !apart
                && !build.apart
                && build.recount_of == recount_of
                && is_preliminary(build.status) == is_preliminary(part.status)
                && fills_gaps(&build.ish, &part.ish)
                && match bond((&build.panels, &build.listed_by), (&part.panels, &part.listed_by)) {
                    Bond::OnePanel => neighbouring_days(build.effective.as_ref(), part.effective.as_ref()),
                    Bond::None => same_day(build.effective.as_ref(), part.effective.as_ref()),
                    Bond::TwoLists => derived() && same_day(build.effective.as_ref(), part.effective.as_ref()),
                }
        };
        let mut fitting = builds.iter().enumerate().filter(|(_, build)| fits(build)).map(|(at, _)| at);
        // what would fit two counts belongs to neither
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => builds[only].add(part),
            _ => builds.push(Build::new(part, recount_of, apart)),
        }
    }
    attach_recounts(builds)
}

/// More parts than this on one specimen are no counts that anybody made: they stay apart.
const MOST_JOINED: usize = 64;

/// More parts than this on one specimen are no panel of one count: they are joined as they come.
const MOST_WEIGHED: usize = 32;

/// Would the part complete either of two results that differ? Then nobody can say which, whatever their order.
fn fits_two_that_differ(parts: &[IshPart], at: usize) -> bool {
    let joins = |a: &IshPart, b: &IshPart| {
        is_preliminary(a.status) == is_preliminary(b.status)
            && fills_gaps(&a.ish, &b.ish)
            && match bond((&a.panels, &a.listed_by), (&b.panels, &b.listed_by)) {
                Bond::OnePanel => neighbouring_days(a.effective.as_ref(), b.effective.as_ref()),
                Bond::None => same_day(a.effective.as_ref(), b.effective.as_ref()),
                Bond::TwoLists => false,
            }
    };
    let own = &parts[at];
    if parts.len() > MOST_WEIGHED || !own.derived_from.is_empty() {
        return false;
    }
    let others = parts.iter().enumerate().filter(|(other, part)| *other != at && part.derived_from.is_empty());
    let fitting: Vec<&IshPart> = others.map(|(_, part)| part).filter(|part| joins(own, part)).collect();
    fitting.iter().any(|a| fitting.iter().any(|b| !joins(a, b)))
}

/// A count before its recount, whichever was sent first; counts that are derived from each other stay as they were sent.
fn origins_first(parts: Vec<IshPart>) -> Vec<IshPart> {
    if parts.iter().all(|part| part.derived_from.is_empty()) {
        return parts;
    }
    const DEEPEST: usize = 8;
    let mut waiting = parts;
    let mut ordered: Vec<IshPart> = Vec::with_capacity(waiting.len());
    for _ in 0..DEEPEST {
        let entries: HashSet<usize> = waiting.iter().map(|part| part.entry).collect();
        let waits = |part: &IshPart| part.derived_from.iter().any(|of| *of != part.entry && entries.contains(of));
        let (later, now): (Vec<IshPart>, Vec<IshPart>) = waiting.into_iter().partition(waits);
        waiting = later;
        if now.is_empty() {
            break;
        }
        ordered.extend(now);
    }
    ordered.extend(waiting);
    ordered
}

/// A recount settles what the first count leaves open, so one that is preliminary stays a preliminary result of its own beside a
/// first count that is not (guide 8.1: it changes no category).
fn attach_recounts(mut builds: Vec<Build>) -> Vec<TestResult> {
    for at in 0..builds.len() {
        let Some(of) = first_count(&builds, at) else { continue };
        if is_preliminary(builds[at].status) && !is_preliminary(builds[of].status) {
            builds[at].recount_of = None;
            continue;
        }
        let mut recount = Recount { count: builds[at].ish.count.clone(), blinded: builds[at].blinded };
        let (status, readings) = (builds[at].status, builds[at].readings.clone());
        let first = &mut builds[of];
        if first.ish.recount.as_ref().is_some_and(|other| *other != recount) {
            // two that differ confirm nothing, whichever was sent first: whether it was blinded is not known of one that counts
            recount.blinded = None;
        }
        first.ish.recount = Some(recount);
        first.readings.extend(readings);
        first.status = weakest(first.status, status);
    }
    builds.into_iter().filter(|build| build.recount_of.is_none()).map(Build::result).collect()
}

/// The count that a recount repeats; that of a recount which was itself repeated. A recount stands behind what it repeats.
fn first_count(builds: &[Build], at: usize) -> Option<usize> {
    let mut of = builds[at].recount_of?;
    while let Some(before) = builds[of].recount_of {
        of = before;
    }
    Some(of)
}

impl Build {
    fn new(part: IshPart, recount_of: Option<usize>, apart: bool) -> Self {
        Self {
            ish: part.ish,
            blinded: part.blinded,
            text: part.text,
            status: part.status,
            effective: part.effective,
            readings: vec![part.reading],
            entries: vec![part.entry],
            panels: part.panels,
            listed_by: part.listed_by,
            recount_of,
            apart,
        }
    }

    fn add(&mut self, part: IshPart) {
        let (own, more) = (&mut self.ish, part.ish);
        own.count.ratio = own.count.ratio.take().or(more.count.ratio);
        own.count.her2 = own.count.her2.take().or(more.count.her2);
        own.count.cep17 = own.count.cep17.take().or(more.count.cep17);
        own.count.cells = own.count.cells.or(more.count.cells);
        own.count.cells_below = own.count.cells_below.or(more.count.cells_below);
        own.percent_cells_ratio_ge_2 = own.percent_cells_ratio_ge_2.take().or(more.percent_cells_ratio_ge_2);
        own.interpretation = own.interpretation.or(more.interpretation);
        own.implausible |= more.implausible;
        if more.method != Ish::default().method {
            own.method = more.method;
        }
        self.blinded = self.blinded.or(part.blinded);
        self.text = self.text.or(part.text);
        self.status = weakest(self.status, part.status);
        self.effective = self.effective.take().or(part.effective);
        self.readings.push(part.reading);
        self.entries.push(part.entry);
        narrow(&mut self.panels, part.panels);
        narrow(&mut self.listed_by, part.listed_by);
    }

    fn result(self) -> TestResult {
        TestResult {
            readings: self.readings,
            status: self.status,
            effective: self.effective,
            text: self.text,
            value: TestValue::Ish(Box::new(self.ish)),
        }
    }
}

/// Amended before final: a combination is as final as its weakest part.
fn weakest(a: ResultStatus, b: ResultStatus) -> ResultStatus {
    a.max(b)
}

/// A preliminary number completes no final count, nor the other way round.
const fn is_preliminary(status: ResultStatus) -> bool {
    matches!(status, ResultStatus::Preliminary)
}

/// What panels and reports say of two parts.
enum Bond {
    /// They stand in one panel.
    OnePanel,
    /// They stand in two panels, or in two reports: two tests, of which each may be incomplete.
    TwoLists,
    /// One of them stands in none, or both in one report, which may tell of several counts.
    None,
}

/// The panels of an ISH say more than anything that lists both.
fn bond(a: (&[usize], &[usize]), b: (&[usize], &[usize])) -> Bond {
    let share = |a: &[usize], b: &[usize]| a.iter().any(|one| b.contains(one));
    let said = |a: &[usize], b: &[usize]| (!a.is_empty() && !b.is_empty()).then(|| share(a, b));
    match (said(a.0, b.0), said(a.1, b.1)) {
        (Some(true), _) => Bond::OnePanel,
        (Some(false), _) | (None, Some(false)) => Bond::TwoLists,
        (None, _) => Bond::None,
    }
}

/// What belongs to the whole count belongs to every part of it that says where it belongs.
fn narrow(own: &mut Lists, more: Lists) {
    if own.is_empty() {
        *own = more;
    } else if own.iter().any(|one| more.contains(one)) {
        own.retain(|one| more.contains(one));
    }
}

/// A panel that is counted over midnight is one.
fn neighbouring_days(a: Option<&When>, b: Option<&When>) -> bool {
    a.zip(b).is_none_or(|(a, b)| !on_other_days(a, b) && !on_other_days(b, a))
}

fn same_day(a: Option<&When>, b: Option<&When>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.first_day().cmp(&b.first_day()) == Ordering::Equal,
        _ => true,
    }
}

/// Does nothing that both say differ? A failed test says nothing of the numbers of another one, and a count with one probe has
/// neither a ratio nor copies of chromosome 17.
fn fills_gaps(own: &Ish, more: &Ish) -> bool {
    fn agree<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    }
    let failed = |ish: &Ish| ish.interpretation == Some(IshWord::Failed);
    if failed(own) != failed(more) {
        return false;
    }
    let two_probes = |ish: &Ish| ish.count.ratio.is_some() || ish.count.cep17.is_some();
    let single = |ish: &Ish| ish.method == IshMethod::Single;
    if (single(own) && two_probes(more)) || (single(more) && two_probes(own)) {
        return false;
    }
    let (a, b): (&Count, &Count) = (&own.count, &more.count);
    agree(a.ratio.as_ref(), b.ratio.as_ref())
        && agree(a.her2.as_ref(), b.her2.as_ref())
        && agree(a.cep17.as_ref(), b.cep17.as_ref())
        && agree(a.cells.as_ref(), b.cells.as_ref())
        && agree(a.cells_below.as_ref(), b.cells_below.as_ref())
        && agree(own.interpretation.as_ref(), more.interpretation.as_ref())
        && agree(own.percent_cells_ratio_ge_2.as_ref(), more.percent_cells_ratio_ge_2.as_ref())
        && own.recount.is_none()
        && more.recount.is_none()
}
