//! `/metrics`: where it is, that its text is OpenMetrics, and that it counts what happened.

use std::collections::{BTreeMap, BTreeSet};

use crate::binary::Setting;
use crate::harness::{FEEDBACK, REVIEW, over, request};

/// The samples of a page by name and labels, once the page was held against the format: a `# TYPE` before the samples of a
/// family, each sample once, numbers as values, histograms that rise and end with their count, `# EOF` at the end.
fn read(page: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let mut family = ("", "");
    let mut families = BTreeSet::new();
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(lines.last(), Some(&"# EOF"));
    for line in &lines[..lines.len() - 1] {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram", "info"].contains(&kind), "{line}");
            assert!(families.insert(name), "{name} comes twice");
            family = (name, kind);
        } else if line.starts_with("# ") {
            assert!(line.starts_with("# HELP ") || line.starts_with("# UNIT "), "{line}");
        } else {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let bare = name.split('{').next().unwrap();
            let endings: &[&str] = match family.1 {
                "counter" => &["_total"],
                "histogram" => &["_bucket", "_sum", "_count"],
                "info" => &["_info"],
                _ => &[""],
            };
            assert!(endings.iter().any(|ending| bare == format!("{}{ending}", family.0)), "{line} in {family:?}");
            assert!(samples.insert(name.to_owned(), value.parse().unwrap()).is_none(), "{name} comes twice");
        }
    }
    let buckets: Vec<(&str, f64)> = lines
        .iter()
        .filter(|line| line.contains("_bucket{"))
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name, value.parse().unwrap()))
        .collect();
    for pair in buckets.windows(2) {
        assert!(pair[0].0.contains("+Inf") || pair[0].1 <= pair[1].1, "{pair:?}");
    }
    samples
}

fn page(address: std::net::SocketAddr) -> String {
    let reply = over(address, "GET", "/metrics", &[], b"");
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("application/openmetrics-text; version=1.0.0"));
    String::from_utf8(reply.body).unwrap()
}

#[test]
fn metrics_have_a_listener_of_their_own_and_count_what_was_answered() {
    let mut herald = Setting::new().env("HERALD_METRICS_LISTEN", "127.0.0.1:0").start();
    let metrics = herald.metrics();
    herald.get("/metrics").refuses(404);
    assert_eq!(over(metrics, "GET", REVIEW, &[], b"").status, 404);
    assert_eq!(over(metrics, "GET", "/", &[], b"").status, 404);
    let before = read(&page(metrics));
    assert_eq!(before["herald_decisions_unrecorded_total"], 0.0);
    assert_eq!(before["herald_database_up"], 1.0);

    herald.post(REVIEW, &request().to_string()).answers();
    herald.post(REVIEW, &request().to_string()).answers();
    let mut other = request();
    other["context"]["patientId"] = "p2".into();
    herald.post(REVIEW, &other.to_string()).answers();
    herald.post(REVIEW, "{").refuses(400);
    herald.post("/cds-services/nothing", "{}").refuses(404);
    let feedback =
        r#"{"feedback":[{"card":"x","outcome":"accepted","outcomeTimestamp":"2026-11-24T10:00:00Z"},{"card":"y"}]}"#;
    assert_eq!(herald.post(FEEDBACK, feedback).status, 200);
    herald.post(FEEDBACK, r#"{"feedback":[{"card":"y"},5]}"#).refuses(400);
    assert_eq!(herald.get("/health").status, 200);

    let after = read(&page(metrics));
    for (sample, value) in [
        ("herald_requests_total{endpoint=\"her2-chart-review\",status=\"2xx\"}", 3.0),
        ("herald_requests_total{endpoint=\"her2-chart-review\",status=\"4xx\"}", 1.0),
        ("herald_requests_total{endpoint=\"feedback\",status=\"2xx\"}", 1.0),
        ("herald_requests_total{endpoint=\"health\",status=\"2xx\"}", 1.0),
        ("herald_requests_total{endpoint=\"her2-order-sign\",status=\"2xx\"}", 0.0),
        ("herald_reply_seconds_count{service=\"her2-chart-review\"}", 4.0),
        ("herald_decisions_total{state=\"durable\"}", 2.0),
        ("herald_decisions_total{state=\"replayed\"}", 1.0),
        ("herald_decisions_total{state=\"conflict\"}", 1.0),
        ("herald_decisions_total{state=\"spooled\"}", 0.0),
        ("herald_assessments_total{category=\"none\"}", 3.0),
        ("herald_feedback_entries_total{result=\"stored\"}", 1.0),
        ("herald_feedback_entries_total{result=\"unusable\"}", 3.0),
        ("herald_feedback_total{outcome=\"accepted\"}", 1.0),
        ("herald_queue_decisions", 0.0),
    ] {
        // The start was watched through `/health`, so what counts is what was added since.
        let added = after.get(sample).map(|count| count - before.get(sample).copied().unwrap_or_default());
        assert_eq!(added, Some(value), "{sample}");
    }
    let calls: f64 =
        after.iter().filter(|(name, _)| name.starts_with("herald_calls_total{")).map(|(_, count)| count).sum();
    assert_eq!(calls, 3.0);
    assert!(after["herald_commit_seconds_count"] >= 1.0 && after["herald_batch_decisions_sum"] >= 1.0);
    assert!(after["herald_rules_unsigned_files"] >= 1.0);
    assert!(after.keys().any(|name| name.starts_with("herald_build_info{version=")));
    if cfg!(target_os = "linux") {
        assert!(after["process_resident_memory_bytes"] > 1e6);
    }
    assert!(after["process_start_time_seconds"] > 1.7e9);
    // 404 is one of the others: an address that a client made up is no label.
    assert!(after["herald_requests_total{endpoint=\"other\",status=\"4xx\"}"] >= 2.0);
}

#[test]
fn the_listener_is_off_unless_it_is_asked_for_and_never_that_of_the_service() {
    let herald = Setting::new().start();
    herald.get("/metrics").refuses(404);
    drop(herald);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_herald"))
        .args(["serve", "--listen", "127.0.0.1:9464"])
        .env("HERALD_METRICS_LISTEN", "0.0.0.0:9464")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let line = String::from_utf8(output.stderr).unwrap();
    assert!(line.lines().count() == 1 && line.contains("metrics_listen"), "{line}");
}

/// Names of figures in a text: words that begin with `herald_` or `process_`.
fn named(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("herald_") || word.starts_with("process_"))
        .collect()
}

#[test]
fn every_figure_of_the_dashboard_and_of_the_alarms_is_one_that_the_service_tells() {
    use herald::metrics::{Exposition, Metrics, RecordFigures, Timings};
    let metrics = std::sync::Arc::new(Metrics::new(std::time::Instant::now(), std::time::SystemTime::now()));
    metrics.orphans(0, std::time::Duration::ZERO);
    let page = Exposition::new(metrics, Timings::default(), RecordFigures::default).page();
    let told: BTreeSet<String> =
        read(&page).keys().map(|sample| sample.split('{').next().unwrap().to_owned()).collect();
    let dashboard = include_str!("../../deploy/grafana-dashboard.json");
    let alarms = include_str!("../../deploy/prometheus-rules.yml");
    let parsed: serde_json::Value = serde_json::from_str(dashboard).unwrap();
    assert!(parsed["panels"].as_array().unwrap().len() >= 12);
    for (file, text) in [("dashboard", dashboard), ("alarms", alarms)] {
        let names = named(text);
        assert!(names.len() >= 6, "{file} names hardly anything");
        for name in names {
            assert!(told.contains(name), "{file} names {name}, which nobody tells");
        }
    }
    assert!(alarms.contains("herald_decisions_unrecorded_total"));
}

#[test]
fn a_panel_that_shows_seconds_shows_a_figure_of_seconds() {
    let dashboard: serde_json::Value =
        serde_json::from_str(include_str!("../../deploy/grafana-dashboard.json")).unwrap();
    let mut seconds = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        if panel["fieldConfig"]["defaults"]["unit"] != "s" {
            continue;
        }
        for target in panel["targets"].as_array().unwrap() {
            let figures = named(target["expr"].as_str().unwrap());
            assert!(!figures.is_empty() && figures.iter().all(|name| name.contains("_seconds")), "{}", panel["title"]);
            seconds += 1;
        }
    }
    assert!(seconds >= 4, "only {seconds} figures of seconds");
}

#[test]
fn every_alarm_has_a_row_that_says_what_to_do() {
    let manual = include_str!("../../docs/operations.md");
    let alarms = include_str!("../../deploy/prometheus-rules.yml").lines();
    let alarms: Vec<&str> = alarms.filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alarms.len() >= 10, "{alarms:?}");
    for alarm in alarms {
        assert!(manual.contains(&format!("`{alarm}`")), "{alarm}");
    }
}
