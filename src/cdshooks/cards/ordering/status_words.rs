//! The words of a card at ordering about the HER2 status: what speaks against the order, or is open, and why.

use crate::cdshooks::cards::phrases;
use crate::domain::decimal::Decimal;
use crate::domain::finding::{Basis, Category, Comment, Expression, Finding, Flag};
use crate::domain::history::Erbb2Mutation;
use crate::domain::safety::{Check, Told};
use crate::domain::specimen::Site;

use super::group::Group;
use super::wording::{event, is_unseen, short_names};

/// The fullest sentence first, as for every summary.
pub(super) fn ways(group: &Group<'_, '_>) -> Vec<String> {
    let event = event(group);
    let grounds = group.result.map_or_else(|| [const { String::new() }; 2], grounds);
    let act = group.result.map(|result| result.next_step).filter(|step| group.is_helped_by(*step));
    let act = act.map_or("consider a review", phrases::act);
    // with the result, without it, and without the names of the medicines
    let told = |gap: &str, act: &str| {
        let [whole, short] = &grounds;
        vec![
            format!("{event}{gap}{whole}: {act}."),
            format!("{event}{gap}{short}: {act}."),
            format!("{event}{gap}: {act}."),
            format!("A HER2-directed order{gap}: {act}."),
        ]
    };
    match group.first.check {
        Check::Her2Negative => negative(group, &event, &grounds),
        Check::Her2NegativeDoubted => told(&format!("; HER2 is {}", doubt(group)), "consider a review"),
        Check::Her2NegativeByComment => by_comment(group, &event),
        Check::Her2PositiveBefore => positive_before(group, &event),
        Check::Her2ConditionNotMet => told(", but the HER2 condition of the label is not met", "consider a review"),
        Check::LabelSettingNotMet => setting(group, &event),
        Check::LabelReceptorsUnknown => {
            let gap = match is_unseen(group, "biomarkers") {
                true => "could not be seen",
                false => "not found in what was sent",
            };
            vec![
                format!(
                    "ER/PR {gap}; the HER2-ultralow label of {} asks for them: consider looking for them.",
                    short_names(group)
                ),
                format!("ER/PR {gap}, and a HER2-ultralow label asks for them: consider looking for them."),
            ]
        }
        Check::Erbb2VariantOpen => {
            let gap = variant(group);
            let ask = "consider asking molecular pathology";
            vec![format!("{event}; {gap}: {ask}."), format!("{gap}: {ask}.")]
        }
        Check::Her2InSituOnly => {
            let act = "consider confirming an invasive component";
            vec![
                format!("{event}, but only in situ carcinoma is on record, whose HER2 does not count: {act}."),
                format!("{event}, but only carcinoma in situ is on record: {act}."),
                format!("Only in situ carcinoma is on record, whose HER2 does not count: {act}."),
            ]
        }
        // a label by mutation: no step of the protein tests answers it
        Check::Her2ConditionOpen if group.is_by_mutation() => {
            told("; the HER2 condition of the label is open", "consider an ERBB2 mutation report")
        }
        Check::Her2ConditionOpen => told("; the HER2 condition of the label is open", act),
        Check::Her2Equivocal => told(" while HER2 is equivocal", act),
        Check::Her2NotFinal if group.result.is_some_and(|result| result.basis == Basis::Final) => {
            told(" while another HER2 result is not final", "await the final report")
        }
        Check::Her2NotFinal => told(" while the HER2 result is not final", "await the final report"),
        Check::Her2OtherTumour => match group.result {
            Some(_) => told(", but the HER2 result on file is of another tumour", "consider testing this one"),
            None => told(", and the tumours on record differ in HER2", "consider which one is treated"),
        },
        _ => {
            let ask = "consider asking pathology";
            match group.result {
                Some(_) => told(", but the HER2 status is open", act),
                None if is_unseen(group, "her2") => told(", but HER2 results are not visible to this service", ask),
                None => told(", but no usable HER2 result of this tumour was found", ask),
            }
        }
    }
}

fn negative(group: &Group<'_, '_>, event: &str, grounds: &[String; 2]) -> Vec<String> {
    let which = if group.assessment.record.findings.len() == 1 { "only" } else { "leading" };
    let with = |ground: &String| format!("{event}, but the {which} HER2 result of this tumour is negative{ground}.");
    let mut ways: Vec<String> = grounds.iter().map(with).collect();
    ways.extend(grounds.iter().map(|ground| format!("{event}, but this tumour is HER2-negative{ground}.")));
    ways.push(format!("{event}, but this tumour is HER2-negative."));
    ways.push("HER2-directed medicines are ordered, but this tumour is HER2-negative.".to_owned());
    ways
}

/// Why a negative result is not the last word.
fn doubt(group: &Group<'_, '_>) -> &'static str {
    let Some(result) = group.result else { return "negative, but not beyond doubt" };
    let has = |flag| result.flags.contains(flag);
    if has(Flag::PriorPositive) || has(Flag::DiscordantOverTime) {
        let of_it =
            |one: &&Finding| one.category == Category::Positive && one.is_usable() && one.is_of_same_primary(result);
        let mut positives = group.assessment.record.findings.iter().filter(of_it).peekable();
        // one without a date counts as older than every dated one
        let is_newest = |one: &Finding| match (&one.collected, &result.collected) {
            (Some(positive), Some(own)) => own.when.chronological(&positive.when).is_gt(),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if positives.peek().is_some() {
            return match positives.all(is_newest) {
                true => "negative in the newest sample, positive in an earlier one",
                false if result.site == Site::Metastatic => "negative in the metastasis, positive in another sample",
                false => "negative in the leading sample, positive in another one",
            };
        }
    }
    if has(Flag::LabInterpretationDisagrees) {
        "negative by its values, but the laboratory's word differs"
    } else if has(Flag::IhcIshDiscordant) {
        "negative, but IHC and ISH disagree"
    } else if has(Flag::NewerSpecimenNotEvaluable) {
        "negative, but a newer sample could not be assessed"
    } else {
        "negative, but not beyond doubt"
    }
}

fn by_comment(group: &Group<'_, '_>, event: &str) -> Vec<String> {
    let result = group.result;
    let number = result.and_then(|result| result.ish.as_ref()?.group);
    let ish = number.map_or_else(|| "ISH".to_owned(), |number| format!("ISH group {number}"));
    let ihc = result.and_then(|result| result.ihc.as_ref()).and_then(phrases::ihc_ground);
    let ihc = ihc.map_or_else(String::new, |ihc| format!(", {ihc}"));
    let numbers = result.and_then(ish_numbers).map(|numbers| {
        let medicines = short_names(group);
        [
            format!("{event}; HER2 is negative with a comment ({ish}: {numbers}{ihc}): consider a review."),
            format!("{event}; negative with a comment ({ish}: {numbers}{ihc}): consider a review."),
            format!("HER2 is negative with a comment ({ish}: {numbers}{ihc}), for {medicines}: consider a review."),
            format!("HER2 is negative with a comment ({ish}: {numbers}): consider a review of this order."),
        ]
    });
    let mut ways: Vec<String> = numbers.into_iter().flatten().collect();
    ways.push(format!("{event}; HER2 is negative with a comment ({ish}{ihc}): consider a review."));
    ways.push("HER2 is negative with a comment of the guideline: consider a review of this order.".to_owned());
    ways
}

fn positive_before(group: &Group<'_, '_>, event: &str) -> Vec<String> {
    let score = |finding: Option<&Finding>| finding.and_then(|one| one.ihc.as_ref()).and_then(phrases::ihc_ground);
    let (residual, core) = (score(group.result), score(before(group)));
    let mut ways = Vec::with_capacity(4);
    let act = "consider a joint review";
    if let (Some(residual), Some(core)) = (residual, core) {
        let both = format!("HER2 positive before treatment ({core}), residual tumour {residual}");
        ways.push(format!("{event}; {both}: {act}."));
        ways.push(format!("{both}: {act} of this order."));
    }
    ways.push(format!("{event}; HER2 was positive before treatment, the residual tumour differs: {act}."));
    ways.push(format!("HER2 was positive before treatment, the residual tumour differs: {act}."));
    ways
}

/// The result before neoadjuvant treatment, where the card turns on it.
pub(super) fn before<'a>(group: &Group<'a, '_>) -> Option<&'a Finding> {
    match group.first.told {
        Some(Told::Before(at)) => group.assessment.record.findings.get(at),
        _ => None,
    }
}

fn setting(group: &Group<'_, '_>, event: &str) -> Vec<String> {
    let Some(Told::Setting { stage, receptors_negative }) = group.first.told else { return vec![event.to_owned()] };
    let term = group.result.map_or("HER2-low", |result| match result.expression {
        Expression::Ultralow => "HER2-ultralow",
        _ => "HER2-low",
    });
    let act = "consider a review";
    match (stage, receptors_negative) {
        (Some(stage), false) => vec![
            format!("{event}, but stage {stage} is not the setting of its label for {term} (metastatic): {act}."),
            format!("Stage {stage} is not the setting of the label for {term} that is ordered: {act}."),
        ],
        (Some(stage), true) => vec![
            format!("{event}; stage {stage} and negative receptors are outside its label for {term}: {act}."),
            format!("Stage {stage} and negative receptors are outside the label for {term}: {act}."),
        ],
        (None, _) => vec![
            format!("{event}; receptors are negative, and its {term} label asks for positive: {act}."),
            format!("Receptors are negative, and the {term} label asks for positive: {act}."),
        ],
    }
}

/// What is known of a variant that a label may ask for.
pub(super) const fn variant(group: &Group<'_, '_>) -> &'static str {
    match group.first.told {
        Some(Told::Variant(Erbb2Mutation::Activating)) => {
            "an activating ERBB2 mutation is on record, not whether in the kinase domain"
        }
        _ => "an ERBB2 variant is on record, not whether it is activating",
    }
}

/// Why it matters, where the reason of the rule is not the whole of it.
pub(super) fn reason(group: &Group<'_, '_>) -> Option<String> {
    match group.first.check {
        Check::Her2NegativeByComment => group.result?.comment.map(|comment| comment_in_words(comment).to_owned()),
        Check::Her2PositiveBefore => Some(
            "For residual disease the result before neoadjuvant treatment counts, as in the trial KATHERINE (policy). Consider \
             a review of both results together."
                .to_owned(),
        ),
        Check::Her2InSituOnly => Some(
            "Only the invasive component is scored. A HER2 result of carcinoma in situ is no HER2 status, whatever its score."
                .to_owned(),
        ),
        _ => None,
    }
}

/// Another sample of the same tumour was positive, final or not.
pub(super) fn was_positive_elsewhere(group: &Group<'_, '_>) -> bool {
    group.result.is_some_and(|result| {
        let of_it = |one: &Finding| one.category == Category::Positive && one.is_of_same_primary(result);
        group.assessment.record.findings.iter().any(of_it)
    })
}

/// The comments of the guideline in own words (clinical guide, 4.1).
const fn comment_in_words(comment: Comment) -> &'static str {
    match comment {
        Comment::Group2 => {
            "With a high ratio but fewer than 4 copies there is little evidence for HER2-targeted treatment. The few such \
             patients in the first adjuvant trials showed no clear benefit. Without IHC 3+ the specimen is considered negative."
        }
        Comment::Group3 => {
            "For many copies at a low ratio, without overexpression, data are lacking: such patients could not enter the first \
             trials. With IHC 0 or 1+ the specimen is considered negative."
        }
        Comment::Group4 => {
            "For 4 to below 6 copies at a low ratio, without IHC 3+, benefit is uncertain. A result close to the threshold may \
             flip on repetition. If IHC is not 3+ the specimen is considered negative."
        }
    }
}

/// `ratio 2.2, 3.3 copies`: the numbers of the ISH that counted, as sent; a ratio that was computed is called that.
pub(super) fn ish_numbers(finding: &Finding) -> Option<String> {
    let shown = finding.ish.as_ref()?;
    let count = &shown.ish.count;
    let sent = count.ratio.as_ref().and_then(phrases::short).map(|ratio| format!("ratio {ratio}"));
    let computed = || {
        let ratio = shown.ratio_computed.as_ref().map(Decimal::as_sent).filter(|text| text.len() <= 8)?;
        Some(format!("computed ratio {ratio}"))
    };
    let copies = count.her2.as_ref().and_then(phrases::short).map(|copies| format!("{copies} copies"));
    let parts: Vec<String> = [sent.or_else(computed), copies].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// ` (IHC 2+, ISH ratio 1.2, 2.4 copies, 2026-10-14)`, then without the ISH.
fn grounds(result: &Finding) -> [String; 2] {
    let date = result.collected.as_ref().map_or("date unknown", |collected| collected.when.shown());
    let ihc = result.ihc.as_ref().and_then(phrases::ihc_ground);
    let with = |ish: Option<String>| {
        let parts: Vec<String> = ihc.clone().into_iter().chain(ish).chain([date.to_owned()]).collect();
        format!(" ({})", parts.join(", "))
    };
    [with(ish_numbers(result).map(|numbers| format!("ISH {numbers}"))), with(None)]
}
