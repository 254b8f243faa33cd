//! Where the time of one hook request goes: each stage of the path alone, on the request of the benchmark.
//!
//! `cargo bench --bench request_path` prints the median of many runs in microseconds.

#![allow(clippy::expect_used, reason = "a bench that cannot set itself up has failed")]

use std::hint::black_box;
use std::time::Instant;

use herald::assessment::{Knowledge, PrintedLists, assess, canonical_evidence};
use herald::cdshooks::{HookKey, Service, Sifted, SpecVersion, TrialLine, cards, parse_request, reply};
use herald::fhir::{Source, extract};
use herald::json::Document;
use herald::store::{Content, SharedPiece};

/// The day of every assessment here.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 4_000;

fn main() {
    let body =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/bench/patient_view.json")).expect("the body is there");
    let files = herald::rules::embedded_files();
    let knowledge = Knowledge {
        rulebook: herald::rules::load(&files).expect("the rules of this binary are proved"),
        therapies: herald::rules::therapies(&files).expect("and so are the therapy rules"),
        order_rules: herald::rules::order_rules(&files).expect("and so are the order rules"),
        cohorts: herald::store::sample_trials(),
    };
    let document = Document::parse(&body).expect("the body is JSON");
    let request = parse_request(&document, Service::ChartReview).expect("the body is a request");
    let sources = || request.prefetch.resources().map(|(key, json)| Source { place: key.name(), json });
    let evidence = extract(sources(), Some("her2-demo-001"));
    let assessment = assess(&knowledge, &evidence, TODAY);
    let key = HookKey { tenant: "local".into(), service: "her2-chart-review", instance: "h1".into() };
    let made = || cards(&assessment, &knowledge, &key, "her2-demo-001", TrialLine::Shown);
    let shown = Sifted { shown: made(), withheld: Vec::new() };
    let lists = PrintedLists::of(&assessment);
    let piece = SharedPiece::pack(lists.in_one_piece().as_bytes());
    let answer = reply(&shown, &assessment, &lists, SpecVersion::V2);
    let (answer, at) = (answer.bytes, answer.shared.expect("they come in one piece").1);
    let canonical = canonical_evidence(&evidence);
    println!("body {} bytes, reply {} bytes", body.len(), answer.len());
    println!(
        "evidence {} bytes, both packed {} bytes",
        canonical.len(),
        Content::pack(&canonical, &answer, Some((&piece, at))).as_slice().len()
    );
    time("reading the JSON", || Document::parse(&body).is_ok());
    time("request", || parse_request(&document, Service::ChartReview).is_ok());
    time("evidence", || extract(sources(), Some("her2-demo-001")));
    time("assessment", || assess(&knowledge, &evidence, TODAY).trials.len());
    time("cards", made);
    time("reply", || reply(&shown, &assessment, &lists, SpecVersion::V2));
    time("canonical evidence", || canonical_evidence(&evidence));
    time("packing both", || Content::pack(&canonical, &answer, Some((&piece, at))));
}

/// Prints the median time of `stage`, unless an argument names another one.
fn time<T>(name: &str, mut stage: impl FnMut() -> T) {
    if std::env::args().nth(1).is_some_and(|only| !only.starts_with('-') && !name.contains(&only)) {
        return;
    }
    let mut runs: Vec<u128> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            black_box(stage());
            began.elapsed().as_nanos()
        })
        .collect();
    runs.sort_unstable();
    println!("{name:24} {:8.2} µs", to_micros(runs[RUNS / 2]));
}

fn to_micros(nanos: u128) -> f64 {
    f64::from(u32::try_from(nanos).unwrap_or(u32::MAX)) / 1_000.0
}
