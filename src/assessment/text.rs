//! The assessment as text for a terminal: the same facts as the JSON, in the order in which a person asks for them.

use std::fmt::{self, Display, Formatter};

use super::assess::Assessment;
use super::comparison::comparison;
use crate::domain::consideration::Verdict;
use crate::domain::finding::{Expression, Finding, LOW_IN_GROUPS_2_TO_4, NextStep};
use crate::domain::retest::{Retest, RetestWhy};
use crate::domain::specimen::Side;

/// The text form of an assessment.
#[must_use]
pub fn as_text(assessment: &Assessment<'_>) -> String {
    TextForm(assessment).to_string()
}

struct TextForm<'a>(&'a Assessment<'a>);

impl Display for TextForm<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let assessment = self.0;
        writeln!(f, "HER2 assessment (rule check, no diagnosis and no order)")?;
        writeln!(f, "Tumour: {}", assessment.tumour)?;
        let record = &assessment.record;
        if record.findings.is_empty() {
            writeln!(f, "No HER2 result was found in the data.")?;
        }
        if assessment.two_primaries {
            writeln!(f, "Two primary tumours are on record; results of one say nothing of the other.")?;
        }
        for (at, finding) in record.findings.iter().enumerate() {
            let mark = match record.lead == Some(at) {
                true => "leads",
                false if record.leads.contains(&at) => "leads for another primary",
                false => "also on file",
            };
            writeln!(f, "\nSpecimen {} ({mark})", at + 1)?;
            specimen(f, finding)?;
        }
        if !assessment.excluded.is_empty() {
            writeln!(f, "\nSet aside:")?;
            for excluded in assessment.excluded {
                writeln!(f, "  {}  {}", excluded.reference, excluded.why)?;
            }
        }
        for (what, keys) in
            [("Not visible, which is not “not done”", assessment.unseen), ("May be incomplete", assessment.partial)]
        {
            if !keys.is_empty() {
                writeln!(f, "\n{what}: {}", keys.join(", "))?;
            }
        }
        safety(f, assessment)?;
        if let Some(retest) = &assessment.retest {
            new_tissue(f, retest)?;
        }
        considerations(f, assessment)?;
        for prompt in &assessment.trials {
            let trial = prompt.cohort;
            writeln!(f, "Trial {} ({}): {}, to be checked", trial.nct, trial.cohort, prompt.verdict())?;
        }
        let signed =
            if assessment.rules.signed_off { "signed" } else { "UNREVIEWED: not signed, or their review is overdue" };
        writeln!(f, "\nRules {} {} ({signed})", assessment.rules.edition, assessment.rules.digest)
    }
}

fn specimen(f: &mut Formatter<'_>, finding: &Finding) -> fmt::Result {
    let reference = finding.specimen.as_deref().unwrap_or("not named");
    let collected = finding.collected.as_ref().map_or("date unknown", |collected| collected.when.shown());
    writeln!(f, "  {reference}, {collected}, {}, scored as {}", finding.kind, finding.scoring)?;
    match finding.side {
        Some(Side::NotKnown) => writeln!(f, "  Primary: left or right, not known")?,
        Some(side) => writeln!(f, "  Primary: {} {side}", finding.tumour)?,
        None => {}
    }
    for reading in &finding.evidence {
        writeln!(f, "  {}  {}", reading.reference, reading.reads)?;
    }
    for reading in &finding.before {
        writeln!(f, "  {}  {} (before the amendment, not used)", reading.reference, reading.reads)?;
    }
    write!(f, "  HER2 {}", finding.category)?;
    match finding.expression {
        Expression::NotApplicable => writeln!(f)?,
        expression => writeln!(f, " (expression for drug labels: {expression})")?,
    }
    if let Some(provisional) = finding.provisional {
        writeln!(f, "  Provisional: {provisional}")?;
    }
    if let Some(comment) = finding.comment {
        writeln!(f, "  Comment: {}: {}", comment.numbers(), comment.in_words())?;
        if finding.expression == Expression::Low {
            writeln!(f, "  {LOW_IN_GROUPS_2_TO_4}")?;
        }
    }
    if finding.next_step != NextStep::None {
        writeln!(f, "  Next step: {}", finding.next_step)?;
    }
    if let Some(word) = finding.lab_reported {
        writeln!(f, "  Reported by the laboratory: {word}")?;
    }
    if !finding.flags.is_empty() {
        let flags: Vec<&str> = finding.flags.iter().map(|flag| flag.as_str()).collect();
        writeln!(f, "  Flags: {}", flags.join(", "))?;
    }
    let compared: Vec<&str> = comparison(finding).collect();
    if !compared.is_empty() {
        writeln!(f, "  Other specimens: {}", compared.join("; "))?;
    }
    writeln!(f, "  Rule: {}", finding.rule)?;
    for flip in &finding.flips {
        writeln!(f, "  Would change with: {} -> {} ({})", flip.change, flip.category, flip.rule)?;
    }
    Ok(())
}

fn safety(f: &mut Formatter<'_>, assessment: &Assessment<'_>) -> fmt::Result {
    if !assessment.safety.is_empty() {
        writeln!(f, "\nDraft orders:")?;
    }
    for finding in &assessment.safety {
        let agent = finding.agent.name();
        writeln!(f, "  {} {}: {agent}, {} ({})", finding.severity, finding.check, finding.order, finding.ground.rule)?;
        for reading in &finding.evidence {
            writeln!(f, "    {}  {}", reading.reference, reading.reads)?;
        }
        if finding.more > 0 {
            writeln!(f, "    the same of {} more orders", finding.more)?;
        }
    }
    Ok(())
}

fn new_tissue(f: &mut Formatter<'_>, retest: &Retest) -> fmt::Result {
    let tested = retest.tested.shown();
    let why = match &retest.why {
        RetestWhy::OldAtProgression { months, course } => {
            format!("tested {tested}, {months} months ago; {} recorded {}", course.what, course.when.shown())
        }
        RetestWhy::NewMetastasis { course } => {
            format!("tested {tested}; {} recorded {}", course.what, course.when.shown())
        }
        RetestWhy::BeforeTrastuzumab { begun, .. } => {
            format!("tested {tested}, before trastuzumab ({}), after which HER2 may be lost", begun.shown())
        }
    };
    writeln!(f, "\nNew tissue can be considered (policy, unconfirmed): {why}")
}

fn considerations(f: &mut Formatter<'_>, assessment: &Assessment<'_>) -> fmt::Result {
    if !assessment.considerations.is_empty() {
        writeln!(
            f,
            "\nLabels whose HER2 condition is met or open (not compared with the current label by a clinician):"
        )?;
    }
    for consideration in &assessment.considerations {
        let with = |wanted: Verdict| {
            let conditions = consideration.conditions().filter(|(_, verdict)| *verdict == wanted);
            conditions.map(|(what, _)| what).collect::<Vec<_>>().join("; ")
        };
        let label = consideration.label;
        write!(f, "  {} ({}, label of {})", consideration.rule.agent, label.region, label.date)?;
        match consideration.verdict {
            Verdict::NotMet => writeln!(f, ": not met: {}", with(Verdict::NotMet))?,
            Verdict::Met => writeln!(f)?,
            Verdict::Unknown => writeln!(f, ": not assessed: {}", with(Verdict::Unknown))?,
        }
        let monitoring: Vec<&str> = consideration.rule.monitoring.iter().map(|what| what.as_str()).collect();
        if consideration.verdict != Verdict::NotMet && !monitoring.is_empty() {
            writeln!(f, "    before and during treatment: {}", monitoring.join(", "))?;
        }
    }
    Ok(())
}
