//! Reads `rules/order-safety.toml`: unknown keys and words are refused with their line, and so is a medicine that is directed
//! at HER2 and has no HER2 condition.

use serde::Deserialize;
use toml::Spanned;

use crate::domain::consideration::Her2Condition;
use crate::domain::history::Extent;
use crate::domain::medicine::Medicine;
use crate::domain::safety::{
    CpsRule, Ground, HeartLimit, HeartRule, Her2Rule, LungRule, OrderRules, Phase, PregnancyRule, ProductRule, RasRule,
    Window,
};
use crate::domain::tumour::Tumour;
use crate::domain::when::When;

use super::error::{Fault, RulesError};
use super::files::RuleFile;
use super::format::{Ends, Word};

/// Name of the file among the other rule files.
pub(super) const FILE: &str = "order-safety.toml";

/// The rules of the order checks in a set of rule files.
///
/// # Errors
/// [`RulesError::Faults`] with every fault and its line, also if the file is not there: without it no order is checked.
pub fn order_rules(files: &[RuleFile]) -> Result<OrderRules, RulesError> {
    let Some(file) = files.iter().find(|file| file.name == FILE) else {
        let what = "this file is missing".to_owned();
        return Err(RulesError::Faults(vec![Fault { file: FILE.to_owned(), line: None, what }]));
    };
    read(&file.text).map_err(RulesError::Faults)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    #[expect(dead_code, reason = "read by people; required so that it is never left out")]
    guideline: String,
    review_due: String,
    her2: Vec<Her2Row>,
    heart: Vec<HeartRow>,
    pregnancy: Vec<PregnancyRow>,
    lung: Vec<LungRow>,
    product: Vec<ProductRow>,
    ras: Vec<RasRow>,
    cps: Vec<CpsRow>,
}

/// A struct of one kind of row with the members that every row has.
macro_rules! rows {
    ($($name:ident { $($(#[$note:meta])* $member:ident: $type:ty,)* })*) => {
        $(
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct $name {
                row: Spanned<String>,
                because: String,
                label: Option<String>,
                cite: Vec<String>,
                status: Status,
                #[serde(default)]
                policy: bool,
                $($(#[$note])* $member: $type,)*
            }

            impl $name {
                fn ground(&self, reader: &mut Reader<'_>) -> Ground {
                    let sources = Sources { label: self.label.as_deref(), cite: &self.cite, policy: self.policy };
                    reader.ground(&self.row, &self.because, sources, self.status)
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitRow {
    phase: PhaseWord,
    extent: Option<Word<Extent>>,
    after_anthracycline: Option<bool>,
    lvef: Option<Ends>,
    fall: Option<Ends>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum PhaseWord {
    Start,
    Any,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Status {
    Confirmed,
    Unconfirmed,
}

/// What a row rests on.
struct Sources<'a> {
    label: Option<&'a str>,
    cite: &'a [String],
    policy: bool,
}

/// Collects faults while the rows are read.
struct Reader<'t> {
    text: &'t str,
    id: String,
    rows: Vec<String>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, at: Option<usize>, what: impl Into<String>) {
        let line = at.map(|at| self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1);
        self.faults.push(Fault { file: FILE.to_owned(), line, what: what.into() });
    }

    fn ground(&mut self, row: &Spanned<String>, because: &str, sources: Sources<'_>, status: Status) -> Ground {
        let (name, at) = (row.get_ref(), Some(row.span().start));
        if self.rows.contains(name) {
            self.fault(at, format!("row {name} stands twice"));
        }
        self.rows.push(name.clone());
        let no_day = sources.label.is_some_and(|date| When::parse(date).is_none());
        if no_day || (sources.label.is_none() && sources.cite.is_empty()) {
            self.fault(at, format!("row {name} needs the date of its label, or a citation"));
        }
        if because.trim().is_empty() {
            self.fault(at, format!("row {name} needs its reason"));
        }
        Ground {
            rule: format!("{}/{name}", self.id).into(),
            because: because.into(),
            label: sources.label.map(Into::into),
            cite: sources.cite.iter().map(|cite| cite.as_str().into()).collect(),
            unconfirmed: status == Status::Unconfirmed,
            policy: sources.policy,
        }
    }

    fn window(&mut self, row: &Spanned<String>, text: &str) -> Option<Window> {
        let window = Window::parse(text);
        if window.is_none() {
            let name = row.get_ref();
            let what = format!("row {name}: \"{text}\" is no time such as \"3 months\" or \"4 weeks\"");
            self.fault(Some(row.span().start), what);
        }
        window
    }
}

/// Reads the rules from the text of the file.
pub(super) fn read(text: &str) -> Result<OrderRules, Vec<Fault>> {
    let mut reader = Reader { text, id: String::new(), rows: Vec::new(), faults: Vec::new() };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            reader.fault(error.span().map(|span| span.start), error.message());
            return Err(reader.faults);
        }
    };
    reader.id.clone_from(&file.id);
    if FILE.strip_suffix(".toml") != Some(file.id.as_str()) {
        reader.fault(None, format!("the id \"{}\" is not the name of the file", file.id));
    }
    if When::parse(&file.review_due).is_none() {
        reader.fault(None, "review_due is no date");
    }
    let rules = OrderRules {
        her2: her2(file.her2, &mut reader),
        heart: heart(file.heart, &mut reader),
        pregnancy: file.pregnancy.iter().filter_map(|row| pregnancy(row, &mut reader)).collect(),
        lung: file.lung.iter().map(|row| LungRule { agent: row.agent.0, ground: row.ground(&mut reader) }).collect(),
        products: file.product.iter().filter_map(|row| product(row, &mut reader)).collect(),
        ras: file.ras.iter().map(|row| ras(row, &mut reader)).collect(),
        cps: file.cps.iter().filter_map(|row| cps(row, &mut reader)).collect(),
    };
    if rules.products.is_empty() {
        reader.fault(None, "no row says which medicines are mistaken for each other");
    }
    if reader.faults.is_empty() { Ok(rules) } else { Err(reader.faults) }
}

fn values<T: Copy>(words: &[Word<T>]) -> Vec<T> {
    words.iter().map(|word| word.0).collect()
}

fn her2(rows: Vec<Her2Row>, reader: &mut Reader<'_>) -> Vec<Her2Rule> {
    let mut rules: Vec<Her2Rule> = Vec::with_capacity(rows.len());
    for row in rows {
        let (agent, tumours) = (row.agent.0, values(&row.tumours));
        let at = Some(row.row.span().start);
        let same = |other: &&Her2Rule| {
            let meets = other.tumours.iter().any(|tumour| tumours.contains(tumour));
            other.agent == agent && (meets || other.tumours.is_empty() && tumours.is_empty())
        };
        if let Some(other) = rules.iter().find(same) {
            reader.fault(
                at,
                format!("{agent} has two rows for one tumour: {} and {}", other.ground.rule, row.row.get_ref()),
            );
        }
        if row.accepts.is_empty() {
            reader.fault(at, format!("row {} accepts nothing", row.row.get_ref()));
        }
        rules.push(Her2Rule { agent, tumours, accepts: values(&row.accepts), ground: row.ground(reader) });
    }
    for agent in Medicine::ALL.iter().filter(|agent| agent.is_her2_directed()) {
        if !rules.iter().any(|rule| rule.agent == *agent && rule.tumours.is_empty()) {
            reader.fault(None, format!("{agent} has no HER2 condition for every other tumour"));
        }
    }
    rules
}

fn heart(rows: Vec<HeartRow>, reader: &mut Reader<'_>) -> Vec<HeartRule> {
    let mut rules: Vec<HeartRule> = Vec::with_capacity(rows.len());
    for row in rows {
        let (name, at) = (row.row.get_ref().clone(), Some(row.row.span().start));
        let ground = row.ground(reader);
        if rules.iter().any(|other| other.agent == row.agent.0) {
            reader.fault(at, format!("{} has two rows for the heart", row.agent.0));
        }
        let during = row.during.as_ref().and_then(|text| reader.window(&row.row, text));
        let windows = (reader.window(&row.row, &row.before_start), reader.window(&row.row, &row.low_holds));
        let limits: Vec<HeartLimit> = row.limits.into_iter().map(limit).collect();
        if limits.iter().any(|limit| limit.lvef.is_none() && limit.fall.is_none()) {
            reader.fault(at, format!("row {name} has a limit without a value and without a fall"));
        }
        if let (Some(before_start), Some(low_holds)) = windows {
            rules.push(HeartRule { agent: row.agent.0, before_start, during, low_holds, limits, ground });
        }
    }
    rules
}

fn limit(row: LimitRow) -> HeartLimit {
    HeartLimit {
        phase: match row.phase {
            PhaseWord::Start => Phase::Start,
            PhaseWord::Any => Phase::Any,
        },
        extent: row.extent.map(|word| word.0),
        after_anthracycline: row.after_anthracycline,
        lvef: row.lvef.map(Into::into),
        fall: row.fall.map(Into::into),
    }
}

fn pregnancy(row: &PregnancyRow, reader: &mut Reader<'_>) -> Option<PregnancyRule> {
    let ground = row.ground(reader);
    let recent = reader.window(&row.row, &row.recent)?;
    Some(PregnancyRule { agent: row.agent.0, recent, ground })
}

fn product(row: &ProductRow, reader: &mut Reader<'_>) -> Option<ProductRule> {
    let ground = row.ground(reader);
    let under_way = reader.window(&row.row, &row.under_way)?;
    Some(ProductRule { agents: values(&row.agents), under_way, ground })
}

fn ras(row: &RasRow, reader: &mut Reader<'_>) -> RasRule {
    RasRule { agent: row.agent.0, tumours: values(&row.tumours), ground: row.ground(reader) }
}

fn cps(row: &CpsRow, reader: &mut Reader<'_>) -> Option<CpsRule> {
    let ground = row.ground(reader);
    let under_way = reader.window(&row.row, &row.under_way)?;
    let (agent, partner, cps) = (row.agent.0, row.partner.0, row.cps.clone().into());
    Some(CpsRule { agent, partner, tumours: values(&row.tumours), cps, under_way, ground })
}
