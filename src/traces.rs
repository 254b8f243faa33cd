//! Spans for an OpenTelemetry collector, where one is configured: one for each request, with what the service itself knows.
//!
//! Spans are made from named facts when a reply goes out, never from log events, and nothing of a request's content is among
//! the facts. Of the trace context of a client the two ids and the flag are taken; its `tracestate` is free text and is not.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    Span, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

/// Longest wait for the collector, for a batch of spans and at the end of the service.
const PATIENCE: Duration = Duration::from_secs(2);

/// The way to the collector.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// Why no spans can be sent.
#[derive(Debug, thiserror::Error)]
#[error("traces: the exporter cannot be made for the configured endpoint")]
pub struct TracesError;

/// The span of a client that a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    trace: TraceId,
    span: SpanId,
    flags: TraceFlags,
}

/// An answered request.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The span of the client.
    pub parent: Option<Parent>,
    /// When its head was read.
    pub began: SystemTime,
    /// When its reply was ready.
    pub ended: SystemTime,
    /// The name that the service gave it.
    pub request_id: &'a str,
    /// HTTP method, one of the usual ones or `_OTHER`.
    pub method: &'static str,
    /// Where it went: a word of a closed list.
    pub endpoint: &'static str,
    /// Whose request it was, by the configuration.
    pub tenant: &'a str,
    /// Status of the reply.
    pub status: u16,
    /// What the reply says of the record.
    pub record: Option<&'a str>,
}

impl Parent {
    /// Reads the W3C header `traceparent`, version 00; whatever has another form is as good as none.
    #[must_use]
    pub fn of(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex =
            |text: &str, length| text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if version != "00" || parts.next().is_some() || !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) {
            return None;
        }
        let trace = TraceId::from_hex(trace).ok().filter(|trace| *trace != TraceId::INVALID)?;
        let span = SpanId::from_hex(span).ok().filter(|span| *span != SpanId::INVALID)?;
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        Some(Self { trace, span, flags: if sampled { TraceFlags::SAMPLED } else { TraceFlags::default() } })
    }

    fn context(self) -> Context {
        let span = SpanContext::new(self.trace, self.span, self.flags, true, TraceState::default());
        Context::new().with_remote_span_context(span)
    }
}

impl Traces {
    /// Sends spans to the OTLP/HTTP collector at `endpoint`, in batches and from a thread of its own. A collector that does
    /// not answer costs spans, never a reply.
    ///
    /// # Errors
    /// [`TracesError`].
    pub fn start(endpoint: &str) -> Result<Self, TracesError> {
        // The exporter's client does TLS for https endpoints and looks for a provider; a second call changes nothing.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        let exporter = SpanExporter::builder().with_http().with_endpoint(address).with_timeout(PATIENCE).build();
        let exporter = exporter.map_err(|_| TracesError)?;
        let service = Resource::builder()
            .with_service_name("herald")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(service).build();
        let tracer = provider.tracer("herald");
        Ok(Self { provider, tracer })
    }

    /// Hands over one request. It is sent later, and dropped if too many wait.
    pub fn record(&self, call: &Call<'_>) {
        let parent = call.parent.map(Parent::context).unwrap_or_default();
        let mut attributes = vec![
            KeyValue::new("http.request.method", call.method),
            KeyValue::new("http.response.status_code", i64::from(call.status)),
            KeyValue::new("herald.endpoint", call.endpoint),
            KeyValue::new("herald.request_id", call.request_id.to_owned()),
            KeyValue::new("herald.tenant", call.tenant.to_owned()),
        ];
        if let Some(record) = call.record {
            attributes.push(KeyValue::new("herald.record", record.to_owned()));
        }
        let span = self.tracer.span_builder(call.endpoint).with_kind(SpanKind::Server).with_start_time(call.began);
        let mut span = self.tracer.build_with_context(span.with_attributes(attributes), &parent);
        if call.status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(call.ended);
    }

    /// Sends what waits, and ends. Blocks for two seconds at most.
    pub fn stop(&self) {
        if self.provider.shutdown_with_timeout(PATIENCE).is_err() {
            tracing::warn!("spans were lost: the collector does not answer");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_of_a_client_is_taken_up_only_in_the_form_of_the_standard() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parent = Parent::of(good).unwrap();
        assert_eq!(parent.trace.to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(parent.span.to_string(), "b7ad6b7169203331");
        assert!(parent.flags.is_sampled());
        assert!(!Parent::of(&good.replace("-01", "-00")).unwrap().flags.is_sampled());
        for bad in [
            "",
            "00-Jane-Doe-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        ] {
            assert_eq!(Parent::of(bad), None, "{bad}");
        }
    }
}
