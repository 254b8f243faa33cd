//! Order checks: what speaks against a draft order of a HER2-directed medicine, or has to be looked at before it is signed.
//!
//! A finding is for a professional and never stops an order. Missing data is said and is never critical.

mod check;
mod finding;
mod heart;
mod label_tumour;
mod partners;
mod pregnancy;
mod products;
mod rules;
mod status;
mod words;

pub use check::check_orders;
pub use finding::{Check, SafetyFinding, Severity, Told};
pub use rules::{
    CpsRule, Ground, HeartLimit, HeartRule, Her2Rule, LimitSays, LungRule, OrderRules, Phase, PregnancyRule,
    ProductRule, RasRule, TumourRule, Window,
};
pub use words::{ChecksInWords, RuleInWords};
