//! Reads `rules/order-safety.toml`: every fault with its place, among them a medicine that is directed at HER2 and has no HER2
//! condition.

use serde::Deserialize;

use crate::domain::consideration::{Her2Condition, ResultChoice};
use crate::domain::history::Extent;
use crate::domain::medicine::Medicine;
use crate::domain::safety::{
    CpsRule, Ground, HeartLimit, HeartRule, Her2Rule, LimitSays, LungRule, OrderRules, Phase, PregnancyRule,
    ProductRule, RasRule, TumourRule, Window,
};
use crate::domain::tumour::Tumour;
use crate::domain::when::When;

use super::entries::{self, Faults, Placed};
use super::error::RulesError;
use super::files::{RuleFile, named};
use super::format::{Ends, LabelStatus, Word};
use super::{ids, sources};

/// Name of the file among the other rule files.
pub(super) const FILE: &str = "order-safety.toml";

/// The rules of the order checks in a set of rule files.
///
/// # Errors
/// [`RulesError::Faults`] with every fault and its line, also if the file is not there: without it no order is checked.
pub fn order_rules(files: &[RuleFile]) -> Result<OrderRules, RulesError> {
    let file = named(files, FILE)?;
    read(&file.text).map_err(|found| RulesError::Faults(file.faults(found)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Placed<String>,
    guideline: String,
    #[expect(dead_code, reason = "read with that of every other file; required so that it is never left out")]
    review_due: String,
    #[serde(default)]
    retired: Vec<String>,
    her2: Vec<Placed<Her2Row>>,
    heart: Vec<Placed<HeartRow>>,
    pregnancy: Vec<Placed<PregnancyRow>>,
    lung: Vec<Placed<LungRow>>,
    product: Vec<Placed<ProductRow>>,
    ras: Vec<Placed<RasRow>>,
    cps: Vec<Placed<CpsRow>>,
    tumour: Vec<Placed<TumourRow>>,
}

/// A struct of one kind of row with the members that every row has.
macro_rules! rows {
    ($($name:ident { $($(#[$note:meta])* $member:ident: $type:ty,)* })*) => {
        $(
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct $name {
                row: String,
                because: String,
                where_found: Option<String>,
                label: Option<String>,
                cite: Vec<String>,
                status: LabelStatus,
                #[serde(default)]
                policy: bool,
                $($(#[$note])* $member: $type,)*
            }

            impl Placed<$name> {
                fn place(&self) -> (usize, &str) {
                    (self.at(), &self.row)
                }

                fn ground(&self, reader: &mut Reader) -> Ground {
                    let sources = Sources { label: self.label.as_deref(), cite: &self.cite, policy: self.policy };
                    let reasons = (&*self.because, self.where_found.as_deref());
                    reader.ground(self.place(), reasons, sources, self.status)
                }
            }
        )*
    };
}

rows! {
    Her2Row {
        agent: Word<Medicine>,
        #[serde(default)]
        tumours: Vec<Word<Tumour>>,
        accepts: Vec<Word<Her2Condition>>,
        result: Option<Word<ResultChoice>>,
    }
    HeartRow {
        agent: Word<Medicine>,
        before_start: String,
        during: Option<String>,
        low_holds: String,
        limits: Vec<LimitRow>,
    }
    PregnancyRow {
        agent: Word<Medicine>,
        recent: String,
    }
    LungRow {
        agent: Word<Medicine>,
        #[serde(default)]
        under_treatment: bool,
    }
    ProductRow {
        agents: Vec<Word<Medicine>>,
        under_way: String,
    }
    RasRow {
        agent: Word<Medicine>,
        tumours: Vec<Word<Tumour>>,
    }
    CpsRow {
        agent: Word<Medicine>,
        partner: Word<Medicine>,
        tumours: Vec<Word<Tumour>>,
        cps: Ends,
        under_way: String,
    }
    TumourRow {
        agent: Word<Medicine>,
        labelled: Vec<Word<Tumour>>,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitRow {
    phase: PhaseWord,
    extent: Option<Word<Extent>>,
    after_anthracycline: Option<bool>,
    lvef: Option<Ends>,
    fall: Option<Ends>,
    #[serde(default)]
    institution: bool,
    says: Word<LimitSays>,
    within: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum PhaseWord {
    Start,
    Any,
}

/// What a row rests on.
struct Sources<'a> {
    label: Option<&'a str>,
    cite: &'a [String],
    policy: bool,
}

/// Collects faults while the rows are read.
struct Reader {
    id: String,
    rows: Vec<(usize, String)>,
    faults: Faults,
}

impl Reader {
    fn fault(&mut self, at: usize, what: impl Into<String>) {
        self.faults.push((at, what.into()));
    }

    fn ground(
        &mut self,
        row: (usize, &str),
        reasons: (&str, Option<&str>),
        sources: Sources<'_>,
        status: LabelStatus,
    ) -> Ground {
        let ((at, name), (because, where_found)) = (row, reasons);
        self.rows.push((at, name.to_owned()));
        let dated = sources.label.map(|date| When::parse(date).is_some());
        if !dated.unwrap_or(!sources::is_blank(sources.cite)) {
            self.fault(at, format!("row {name} needs the date of its label, or a citation"));
        }
        for reason in std::iter::once(because).chain(where_found) {
            sources::reason(at, &format!("row {name}"), reason, &mut self.faults);
        }
        Ground {
            rule: format!("{}/{name}", self.id).into(),
            because: because.into(),
            where_found: where_found.map(Into::into),
            label: sources.label.map(Into::into),
            cite: sources.cite.iter().map(|cite| cite.as_str().into()).collect(),
            unconfirmed: status == LabelStatus::Unconfirmed,
            policy: sources.policy,
        }
    }

    fn window(&mut self, row: (usize, &str), text: &str) -> Option<Window> {
        let window = Window::parse(text);
        if window.is_none() {
            let (at, name) = row;
            self.fault(at, format!("row {name}: \"{text}\" is no time such as \"3 months\" or \"4 weeks\""));
        }
        window
    }
}

/// Reads the rules from the text of the file, or everything that is wrong with it.
pub(super) fn read(text: &str) -> Result<OrderRules, Faults> {
    let file: File = entries::read(text)?;
    let faults = sources::of_list(FILE, &file.id, &file.guideline);
    let mut reader = Reader { id: file.id.to_string(), rows: Vec::new(), faults };
    let rules = OrderRules {
        her2: her2(&file.her2, file.id.at(), &mut reader),
        heart: heart(&file.heart, &mut reader),
        pregnancy: file.pregnancy.iter().filter_map(|row| pregnancy(row, &mut reader)).collect(),
        lung: lungs(&file.lung, &mut reader),
        products: file.product.iter().filter_map(|row| product(row, &mut reader)).collect(),
        ras: file.ras.iter().map(|row| ras(row, &mut reader)).collect(),
        cps: file.cps.iter().filter_map(|row| cps(row, &mut reader)).collect(),
        tumours: tumours(&file.tumour, file.id.at(), &mut reader),
    };
    if file.product.is_empty() {
        reader.fault(file.id.at(), "no row says which medicines are mistaken for each other");
    }
    let Reader { rows, mut faults, .. } = reader;
    faults.extend(ids::taken(rows.iter().map(|(at, name)| (*at, &**name)), &file.retired));
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}

fn values<T: Copy>(words: &[Word<T>]) -> Vec<T> {
    words.iter().map(|word| word.0).collect()
}

fn her2(rows: &[Placed<Her2Row>], header: usize, reader: &mut Reader) -> Vec<Her2Rule> {
    let mut rules: Vec<Her2Rule> = Vec::with_capacity(rows.len());
    for row in rows {
        let (agent, tumours) = (row.agent.0, values(&row.tumours));
        let same = |other: &&Her2Rule| {
            let meets = other.tumours.iter().any(|tumour| tumours.contains(tumour));
            other.agent == agent && (meets || other.tumours.is_empty() && tumours.is_empty())
        };
        if let Some(other) = rules.iter().find(same) {
            let what = format!("{agent} has two rows for one tumour: {} and {}", other.ground.rule, row.row);
            reader.fault(row.at(), what);
        }
        if row.accepts.is_empty() {
            reader.fault(row.at(), format!("row {} accepts nothing", row.row));
        }
        let ground = row.ground(reader);
        let result = row.result.map_or(ResultChoice::Lead, |word| word.0);
        rules.push(Her2Rule { agent, tumours, accepts: values(&row.accepts), result, ground });
    }
    for agent in Medicine::ALL.iter().filter(|agent| agent.is_her2_directed()) {
        if !rules.iter().any(|rule| rule.agent == *agent && rule.tumours.is_empty()) {
            let last = rows.iter().rfind(|row| row.agent.0 == *agent).map_or(header, Placed::at);
            reader.fault(last, format!("{agent} has no HER2 condition for every other tumour"));
        }
    }
    rules
}

fn heart(rows: &[Placed<HeartRow>], reader: &mut Reader) -> Vec<HeartRule> {
    let mut rules: Vec<HeartRule> = Vec::with_capacity(rows.len());
    for row in rows {
        let (at, name) = row.place();
        let ground = row.ground(reader);
        if rules.iter().any(|other| other.agent == row.agent.0) {
            reader.fault(at, format!("{} has two rows for the heart", row.agent.0));
        }
        let during = row.during.as_ref().and_then(|text| reader.window(row.place(), text));
        let windows = (reader.window(row.place(), &row.before_start), reader.window(row.place(), &row.low_holds));
        let limits: Vec<HeartLimit> = row.limits.iter().map(|one| limit(one, row.place(), reader)).collect();
        if limits.iter().any(|limit| limit.lvef.is_none() && limit.fall.is_none()) {
            reader.fault(at, format!("row {name} has a limit without a value and without a fall"));
        }
        if limits.iter().any(|limit| limit.institution && limit.lvef.is_none()) {
            reader.fault(at, format!("row {name} has a limit of the institution without a value"));
        }
        if let (Some(before_start), Some(low_holds)) = windows {
            rules.push(HeartRule { agent: row.agent.0, before_start, during, low_holds, limits, ground });
        }
    }
    rules
}

fn limit(row: &LimitRow, of: (usize, &str), reader: &mut Reader) -> HeartLimit {
    let within = row.within.as_ref().and_then(|text| reader.window(of, text));
    if (row.says.0 == LimitSays::Repeat) != within.is_some() {
        reader.fault(of.0, format!("row {} has to say within which time LVEF is measured again, and only there", of.1));
    }
    if row.says.0 == LimitSays::Review && !row.institution {
        reader.fault(of.0, format!("row {} has a number that is none of the label and does not say so", of.1));
    }
    HeartLimit {
        phase: match row.phase {
            PhaseWord::Start => Phase::Start,
            PhaseWord::Any => Phase::Any,
        },
        extent: row.extent.map(|word| word.0),
        after_anthracycline: row.after_anthracycline,
        lvef: row.lvef.clone().map(Into::into),
        fall: row.fall.clone().map(Into::into),
        institution: row.institution,
        says: row.says.0,
        within,
    }
}

fn pregnancy(row: &Placed<PregnancyRow>, reader: &mut Reader) -> Option<PregnancyRule> {
    let ground = row.ground(reader);
    let recent = reader.window(row.place(), &row.recent)?;
    Some(PregnancyRule { agent: row.agent.0, recent, ground })
}

/// A row for lung disease under treatment stands in place of another one, which has to be there.
fn lungs(rows: &[Placed<LungRow>], reader: &mut Reader) -> Vec<LungRule> {
    for (nth, row) in rows.iter().enumerate() {
        let same = |other: &Placed<LungRow>| other.agent.0 == row.agent.0;
        if rows[..nth].iter().any(|other| same(other) && other.under_treatment == row.under_treatment) {
            reader.fault(row.at(), format!("{} has two rows for the same lung disease", row.agent.0));
        }
        if row.under_treatment && !rows.iter().any(|other| same(other) && !other.under_treatment) {
            reader.fault(row.at(), format!("{} has no row for a lung disease before treatment", row.agent.0));
        }
    }
    rows.iter().map(|row| lung(row, reader)).collect()
}

fn lung(row: &Placed<LungRow>, reader: &mut Reader) -> LungRule {
    LungRule { agent: row.agent.0, under_treatment: row.under_treatment, ground: row.ground(reader) }
}

fn product(row: &Placed<ProductRow>, reader: &mut Reader) -> Option<ProductRule> {
    let ground = row.ground(reader);
    let under_way = reader.window(row.place(), &row.under_way)?;
    Some(ProductRule { agents: values(&row.agents), under_way, ground })
}

fn ras(row: &Placed<RasRow>, reader: &mut Reader) -> RasRule {
    RasRule { agent: row.agent.0, tumours: values(&row.tumours), ground: row.ground(reader) }
}

fn cps(row: &Placed<CpsRow>, reader: &mut Reader) -> Option<CpsRule> {
    let ground = row.ground(reader);
    let under_way = reader.window(row.place(), &row.under_way)?;
    let (agent, partner, cps) = (row.agent.0, row.partner.0, row.cps.clone().into());
    Some(CpsRule { agent, partner, tumours: values(&row.tumours), cps, under_way, ground })
}

/// One row for each medicine that is directed at HER2: one that is left out would never be told from one with a label.
fn tumours(rows: &[Placed<TumourRow>], header: usize, reader: &mut Reader) -> Vec<TumourRule> {
    let mut rules: Vec<TumourRule> = Vec::with_capacity(rows.len());
    for row in rows {
        let (at, agent, labelled) = (row.at(), row.agent.0, values(&row.labelled));
        if rules.iter().any(|other| other.agent == agent) {
            reader.fault(at, format!("{agent} has two rows for the tumours of its labels"));
        }
        if labelled.is_empty() || labelled.contains(&Tumour::Unknown) {
            reader.fault(at, format!("row {} has to name tumours", row.row));
        }
        let ground = row.ground(reader);
        rules.push(TumourRule { agent, labelled, ground });
    }
    for agent in Medicine::ALL.iter().filter(|agent| agent.is_her2_directed()) {
        if !rules.iter().any(|rule| rule.agent == *agent) {
            reader.fault(header, format!("no row says for which tumours {agent} has a label"));
        }
    }
    rules
}
