//! What was read although the standard asks for something else (rule 30): for the debug log, so that an integrator can see
//! what his client sends. Nobody is refused for it, and nothing else depends on it.

use uuid::Uuid;

use super::request::HookRequest;
use crate::domain::words::vocabulary;
use crate::json::{Document, Value};

vocabulary! {
    /// One departure that is read all the same.
    Leniency, "leniency" {
        /// `context.patientId` is `Patient/123` in place of `123`.
        PatientWithType = "patient-with-type",
        /// `hookInstance` is no UUID.
        InstanceNoUuid = "instance-no-uuid",
        /// `fhirServer` ends with a slash.
        ServerWithSlash = "server-with-slash",
        /// `context.userId` is missing.
        UserMissing = "user-missing",
        /// A selection names no type of resource.
        SelectionWithoutType = "selection-without-type",
        /// Draft orders in a Bundle that does not name its type.
        OrdersWithoutType = "orders-without-type",
        /// A Bundle of prefetch that does not name its type.
        PrefetchWithoutType = "prefetch-without-type",
        /// Sent as `application/fhir+json`; only the HTTP layer sees it.
        FhirMediaType = "fhir-media-type",
    }
}

/// Those in the body of a request that was read. It looks at the document again, so it is asked for only where somebody will read it.
#[must_use]
pub fn leniencies(document: &Document<'_>, request: &HookRequest<'_>) -> Vec<Leniency> {
    let (context, prefetch) = (document.root().get("context"), document.root().get("prefetch"));
    let patient = context.and_then(|context| context.get("patientId")).and_then(Value::text);
    let word = |of: Value<'_>, name: &str| of.get(name).and_then(Value::text).map(|text| text.to_string());
    let untyped =
        |one: Value<'_>| word(one, "resourceType").as_deref() == Some("Bundle") && word(one, "type").is_none();
    let untyped_selection = |selection: Value<'_>| selection.text().is_some_and(|text| !text.contains('/'));
    let selections = request.context.selections;
    let found = [
        (Leniency::PatientWithType, patient.is_some_and(|sent| sent.starts_with("Patient/"))),
        (Leniency::InstanceNoUuid, Uuid::parse_str(request.instance.as_str()).is_err()),
        (Leniency::ServerWithSlash, request.fhir_server.as_ref().is_some_and(|base| base.ends_with('/'))),
        (Leniency::UserMissing, request.context.user.is_none()),
        (Leniency::SelectionWithoutType, selections.is_some_and(|all| all.elements().any(untyped_selection))),
        (Leniency::OrdersWithoutType, request.context.draft_orders.is_some_and(untyped)),
        (Leniency::PrefetchWithoutType, prefetch.is_some_and(|keys| keys.members().any(|(_, sent)| untyped(sent)))),
    ];
    found.into_iter().filter_map(|(leniency, is_so)| is_so.then_some(leniency)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cdshooks::{Service, parse_request};

    fn of(service: Service, body: &str) -> Vec<&'static str> {
        let document = Document::parse(body.as_bytes()).unwrap();
        let request = parse_request(&document, service).unwrap();
        leniencies(&document, &request).iter().map(|leniency| leniency.as_str()).collect()
    }

    #[test]
    fn a_request_as_the_standard_asks_for_it_needs_none() {
        let asked = r#"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","fhirServer":"https://fhir.example.org/r4",
            "context":{"userId":"Practitioner/1","patientId":"p1"},"prefetch":{"her2":{"resourceType":"Bundle","type":"searchset"}}}"#;
        assert_eq!(of(Service::ChartReview, asked), [""; 0]);
    }

    #[test]
    fn each_departure_that_is_read_is_named() {
        let wild = r#"{"hook":"order-select","hookInstance":"h1","fhirServer":"https://fhir.example.org/r4/",
            "context":{"patientId":"Patient/p1","selections":["m1"],"draftOrders":{"resourceType":"Bundle"}},
            "prefetch":{"her2":{"resourceType":"Bundle"}}}"#;
        let in_body = Leniency::ALL.iter().filter(|leniency| **leniency != Leniency::FhirMediaType);
        let all = in_body.map(|leniency| leniency.as_str()).collect::<Vec<_>>();
        assert_eq!(of(Service::OrderSelect, wild), all);
    }
}
