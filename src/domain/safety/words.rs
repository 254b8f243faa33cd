//! The rules of the order checks in words, as those who sign them read them.

use crate::domain::consideration::ResultChoice;
use crate::domain::history::Extent;
use crate::domain::medicine::Medicine;
use crate::domain::tumour::Tumour;

use super::rules::{CpsRule, Ground, HeartLimit, HeartRule, Her2Rule, LimitSays, OrderRules, Phase, TumourRule};

/// One kind of check with all its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecksInWords<'r> {
    /// `HER2`, `Heart`.
    pub title: &'static str,
    /// What is said when, and what is critical.
    pub said: &'static str,
    /// The rules, in the order of the file.
    pub rules: Vec<RuleInWords<'r>>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInWords<'r> {
    /// The medicine, or all of them.
    pub medicine: String,
    /// What an order of it is held against, one line for each limit.
    pub asks: Vec<String>,
    /// Why.
    pub ground: &'r Ground,
}

impl Ground {
    /// The reason with the sentence that holds only where the very thing was found.
    #[must_use]
    pub fn whole_reason(&self) -> String {
        let only = self.where_found.as_ref().map(|sentence| format!(" Only where it is found: {sentence}"));
        format!("{}{}", self.because, only.unwrap_or_default())
    }

    /// Label with its date, trial and publication: `US label of 2023-02-08; NCT04644237`.
    #[must_use]
    pub fn sources(&self) -> String {
        let label = self.label.as_ref().map(|date| format!("US label of {date}"));
        label.into_iter().chain(self.cite.iter().map(ToString::to_string)).collect::<Vec<_>>().join("; ")
    }
}

impl OrderRules {
    /// Every rule in words, by kind of check.
    #[must_use]
    pub fn in_words(&self) -> Vec<ChecksInWords<'_>> {
        let one = |agent: Medicine, asks: String, ground| RuleInWords {
            medicine: agent.name().to_owned(),
            asks: vec![asks],
            ground,
        };
        vec![
            ChecksInWords {
                title: "HER2",
                said: "Said where HER2 is negative, unknown, equivocal, not final or known only from another tumour, and the \
                       condition is not met or is open. Critical only at signing, where HER2 is negative and nothing speaks \
                       against that result; also where the row is unconfirmed. A negative of ISH group 2, 3 or 4 that asks for \
                       a comment is a warning. Where the result before neoadjuvant treatment counts and was positive, a \
                       residual tumour that is not is told as information.",
                rules: self.her2.iter().map(|rule| one(rule.agent, self.her2_asks(rule), &rule.ground)).collect(),
            },
            ChecksInWords {
                title: "Heart",
                said: "Said where no LVEF is on record, where it has no date or is older than the row allows, and where it \
                       meets a limit in a setting that the record leaves possible. Critical only at signing, where the row is \
                       confirmed, the limit names no fall and is not the institution's, the label asks for more or says to \
                       interrupt, and the value still counts. Where the label says to go on and to measure again it is \
                       told as information.",
                rules: self.heart.iter().map(of_heart).collect(),
            },
            ChecksInWords {
                title: "Pregnancy",
                said: "Said where a positive test stands that no later negative one answers, where a test that may be the last \
                       was not read, and where none is on record before the first dose, unless the record calls the \
                       patient male. Any negative test counts, of whatever date: no label that is known here names an age \
                       of it. Critical only at signing, where a positive test lies within the time of the row; also where \
                       the row is unconfirmed.",
                rules: self
                    .pregnancy
                    .iter()
                    .map(|rule| {
                        let asks = format!(
                            "a test before the first dose, and no positive one of the last {}",
                            rule.recent.as_str()
                        );
                        one(rule.agent, asks, &rule.ground)
                    })
                    .collect(),
            },
            ChecksInWords {
                title: "Lungs",
                said: "Said where such a disease is on record, of whatever date. Never critical.",
                rules: self
                    .lung
                    .iter()
                    .map(|rule| {
                        let since = if rule.under_treatment { " since the first dose" } else { "" };
                        let asks = format!("no interstitial lung disease or pneumonitis on record{since}");
                        one(rule.agent, asks, &rule.ground)
                    })
                    .collect(),
            },
            ChecksInWords {
                title: "Products that are mistaken for each other",
                said: "Said where two of them are drafted, where another of them was used last, and where it is not \
                       clear which of several medicines an order names. Never critical.",
                rules: self
                    .products
                    .iter()
                    .map(|rule| RuleInWords {
                        medicine: rule.agents.iter().map(|agent| agent.name()).collect::<Vec<_>>().join(", "),
                        asks: vec![
                            "no other of them in the draft orders".to_owned(),
                            format!("no other of them as the last one used within {}", rule.under_way.as_str()),
                        ],
                        ground: &rule.ground,
                    })
                    .collect(),
            },
            ChecksInWords {
                title: "RAS",
                said: "Said where RAS is mutated, not settled or unknown. Never critical.",
                rules: self
                    .ras
                    .iter()
                    .map(|rule| one(rule.agent, format!("{}: RAS wild-type", names(&rule.tumours)), &rule.ground))
                    .collect(),
            },
            ChecksInWords {
                title: "PD-L1",
                said: "Said where the combined positive score (CPS) is outside what the row asks for, or unknown. Never critical.",
                rules: self.cps.iter().map(of_cps).collect(),
            },
            ChecksInWords {
                title: "Tumour of the label",
                said: "Said as information where no label of a region that is known here covers the tumour, unless a result of a \
                       tumour that one covers is on record. Never a warning, never critical.",
                rules: self.tumours.iter().map(of_tumours).collect(),
            },
        ]
    }

    /// `every other tumour: HER2-positive`
    fn her2_asks(&self, rule: &Her2Rule) -> String {
        let alone = self.her2.iter().filter(|other| other.agent == rule.agent).count() == 1;
        let tumours = match (rule.tumours.as_slice(), alone) {
            ([], true) => "every tumour".to_owned(),
            ([], false) => "every other tumour".to_owned(),
            (tumours, _) => names(tumours),
        };
        let accepts: Vec<&str> = rule.accepts.iter().map(|condition| condition.in_words()).collect();
        let before = match rule.result {
            ResultChoice::Lead => "",
            ResultChoice::BeforeNeoadjuvant => {
                " (for residual disease of breast cancer the last result before neoadjuvant treatment counts as well)"
            }
        };
        format!("{tumours}: {}{before}", accepts.join(", or "))
    }
}

fn names(tumours: &[Tumour]) -> String {
    tumours.iter().map(|tumour| tumour.as_str().replace('_', " ")).collect::<Vec<_>>().join(", ")
}

fn of_heart(rule: &HeartRule) -> RuleInWords<'_> {
    let mut asks = vec![format!("before the first dose: LVEF of the last {}", rule.before_start.as_str())];
    asks.push(match &rule.during {
        Some(window) => format!("under treatment: LVEF of the last {}", window.as_str()),
        None => "under treatment: the label names no time".to_owned(),
    });
    if rule.limits.is_empty() {
        asks.push("no limit is checked".to_owned());
    }
    asks.extend(rule.limits.iter().map(of_limit));
    asks.push(format!("a low value counts for {}", rule.low_holds.as_str()));
    RuleInWords { medicine: rule.agent.name().to_owned(), asks, ground: &rule.ground }
}

/// `limit before the first dose, metastatic disease: LVEF (%) below 50`
fn of_limit(limit: &HeartLimit) -> String {
    let phase = match limit.phase {
        Phase::Start => "before the first dose",
        Phase::Any => "at any time",
    };
    let extent = limit.extent.map(|extent| match extent {
        Extent::Early => "early disease",
        Extent::Metastatic => "metastatic disease",
    });
    let anthracycline = limit
        .after_anthracycline
        .map(|after| if after { "after an anthracycline" } else { "without an anthracycline before" });
    let setting: Vec<&str> = [Some(phase), extent, anthracycline].into_iter().flatten().collect();
    let stands = if limit.institution { " (stands for the institution's limit)" } else { "" };
    let lvef = limit.lvef.as_ref().map(|range| format!("LVEF (%) {range}{stands}"));
    let fall = limit.fall.as_ref().map(|range| format!("fall (points) {range}"));
    let numbers: Vec<String> = lvef.into_iter().chain(fall).collect();
    let within = limit.within.as_ref().map_or_else(String::new, |within| format!(" within {}", within.as_str()));
    let says = match limit.says {
        LimitSays::Required => "the label asks for more",
        LimitSays::NotStudied => "not studied",
        LimitSays::Interrupt => "interrupt",
        LimitSays::Repeat => "go on and measure again",
        LimitSays::Review => "no number of the label but ours: review",
    };
    format!("limit {}: {}: {says}{within}", setting.join(", "), numbers.join(", with "))
}

fn of_cps(rule: &CpsRule) -> RuleInWords<'_> {
    RuleInWords {
        medicine: format!("{} with {}", rule.agent.name(), rule.partner.name()),
        asks: vec![
            format!("{}: CPS {}", names(&rule.tumours), rule.cps),
            format!("a partner that was used within {} counts as given with it", rule.under_way.as_str()),
        ],
        ground: &rule.ground,
    }
}

fn of_tumours(rule: &TumourRule) -> RuleInWords<'_> {
    let every = Tumour::ALL.iter().filter(|tumour| **tumour != Tumour::Unknown).all(|one| rule.labelled.contains(one));
    let tumours = if every { "every solid tumour".to_owned() } else { names(&rule.labelled) };
    RuleInWords {
        medicine: rule.agent.name().to_owned(),
        asks: vec![format!("label for: {tumours}")],
        ground: &rule.ground,
    }
}

#[cfg(test)]
mod tests;
