//! What the service says about itself: one line for each event, JSON in production, readable on a terminal.
//!
//! No patient may ever be read from a log. Two rules see to it: a field is written only if its name is on the list below,
//! and of other people's crates the place of an event is written, never its words, since they may quote what they were given.

use std::fmt;
use std::io::IsTerminal as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock::Clock;

/// The fields that a log line may have. A new one is added here, in review, by somebody who knows what it will hold.
pub const PERMITTED_FIELDS: [&str; 25] = [
    "batch",
    "cause",
    "client",
    "condition",
    "count",
    "decision",
    "digest",
    "directory",
    "error",
    "leniency",
    "location",
    "message",
    "millis",
    "missing",
    "open",
    "partition",
    "prefetch_key",
    "service",
    "signal",
    "spooled",
    "sqlstate",
    "status",
    "unusable",
    "usable",
    "user",
];

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object.
    Json,
    /// For eyes.
    Readable,
}

/// What is logged if nobody says otherwise. actix_server tells each of its threads, in words that are not shown.
const DEFAULT_LEVEL: &str = "info,actix_server=warn";

/// Starts logging to stderr, and makes a panic log its place and nothing else. `levels` are those that the configuration
/// has found usable; without a form it is JSON where stderr is no terminal. A second call does nothing.
pub fn init(levels: Option<&str>, form: Option<Form>) {
    let usual = || if std::io::stderr().is_terminal() { Form::Readable } else { Form::Json };
    let form = form.unwrap_or_else(usual);
    let filter = EnvFilter::try_new(levels.unwrap_or(DEFAULT_LEVEL)).unwrap_or_else(|_| EnvFilter::new(DEFAULT_LEVEL));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = lines.event_format(Lines { form, clock: Clock::System }).try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        tracing::error!(location = place, "panic");
    }));
}

struct Lines {
    form: Form,
    clock: Clock,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let meta = event.metadata();
        let mut fields = Fields(Vec::new());
        if meta.target().starts_with("herald") {
            event.record(&mut fields);
        } else {
            fields.0.push(("message", "(words of another crate, not shown)".to_owned()));
        }
        let line = Line { time: self.clock.now().to_string(), level: *meta.level(), target: meta.target(), fields };
        match self.form {
            Form::Json => line.json(&mut writer),
            Form::Readable => line.readable(&mut writer),
        }
    }
}

/// The permitted fields of one event.
struct Fields(Vec<(&'static str, String)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if PERMITTED_FIELDS.contains(&field.name()) {
            self.0.push((field.name(), format!("{value:?}")));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if PERMITTED_FIELDS.contains(&field.name()) {
            self.0.push((field.name(), value.to_owned()));
        }
    }
}

struct Line<'a> {
    time: String,
    level: Level,
    target: &'a str,
    fields: Fields,
}

impl Line<'_> {
    fn json(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::to_string(text).map_err(|_| fmt::Error);
        write!(
            writer,
            "{{\"time\":\"{}\",\"level\":\"{}\",\"target\":{}",
            self.time,
            self.level,
            quoted(self.target)?
        )?;
        for (name, value) in &self.fields.0 {
            write!(writer, ",\"{name}\":{}", quoted(value)?)?;
        }
        writeln!(writer, "}}")
    }

    fn readable(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{} {:5}", self.time.get(11..19).unwrap_or_default(), self.level)?;
        for (name, value) in &self.fields.0 {
            let value = value.escape_debug();
            match *name {
                "message" => write!(writer, " {value}")?,
                _ => write!(writer, " {name}={value}")?,
            }
        }
        writeln!(writer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(form: Form, events: impl FnOnce()) -> String {
        let memory = Memory::default();
        let writer = memory.clone();
        let clock = Clock::Fixed("2026-11-24T10:20:30Z".parse().unwrap());
        let lines = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(move || writer.clone());
        tracing::subscriber::with_default(lines.event_format(Lines { form, clock }).finish(), events);
        let bytes = memory.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_field_that_is_not_on_the_list_is_never_written() {
        let line = logged(Form::Json, || tracing::info!(patient = "CANARY", usable = 2, "feedback received"));
        assert_eq!(
            line,
            "{\"time\":\"2026-11-24T10:20:30Z\",\"level\":\"INFO\",\"target\":\"herald::telemetry::tests\",\
             \"message\":\"feedback received\",\"usable\":\"2\"}\n"
        );
    }

    #[test]
    fn words_of_other_crates_are_never_written() {
        for form in [Form::Json, Form::Readable] {
            let line = logged(form, || tracing::error!(target: "sqlx::query", error = "CANARY", "CANARY"));
            assert!(!line.contains("CANARY"), "{line}");
        }
    }

    #[test]
    fn a_line_break_in_a_value_cannot_start_a_line_of_its_own() {
        for form in [Form::Json, Form::Readable] {
            let line = logged(form, || tracing::info!(error = "a\nERROR forged", "x"));
            assert_eq!(line.matches('\n').count(), 1, "{line}");
        }
    }
}
