//! A hook request, read once and borrowed from its body (CDS Hooks 2.0, HTTP Request; rules 25 to 30).

use std::borrow::Cow;
use std::fmt;

use super::authorization::Authorization;
use super::fhir_version;
use super::prefetch::Prefetch;
use super::request_error::{Member, RequestError};
use super::service::Service;
use crate::json::{Document, Text, Value};

/// Longest `hookInstance` that is read, in characters.
const LONGEST_INSTANCE: usize = 256;

/// One firing of a hook.
#[derive(Debug)]
pub struct HookRequest<'a> {
    /// The service that was called; its hook is the hook of the request.
    pub service: Service,
    /// Identifies this firing.
    pub instance: HookInstance<'a>,
    /// Base address of the client's FHIR server. It is contacted only where it is registered.
    pub fhir_server: Option<Text<'a>>,
    /// What the client's FHIR server asks for. It is read only where something is to be fetched.
    pub authorization: Option<Authorization<'a>>,
    /// Where in the workflow the clinician is.
    pub context: Context<'a>,
    /// What the client sent along.
    pub prefetch: Prefetch<'a>,
}

/// The hook context.
#[derive(Debug)]
pub struct Context<'a> {
    /// The patient whose record is open.
    pub patient: PatientId<'a>,
    /// Who is looking: `Practitioner/123`. Often missing in the wild.
    pub user: Option<Text<'a>>,
    /// A Bundle of draft orders, on order-select and order-sign.
    pub draft_orders: Option<Value<'a>>,
    /// References to the orders just chosen, on order-select, as sent.
    pub selections: Option<Value<'a>>,
}

/// The identifier of one firing: not empty, at most 256 characters, no control characters. It should be a UUID and often is
/// none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookInstance<'a>(Text<'a>);

impl HookInstance<'_> {
    /// As sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A FHIR id, `[A-Za-z0-9\-.]{1,64}`, without the prefix `Patient/`.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientId<'a>(Cow<'a, str>);

impl<'a> PatientId<'a> {
    /// Reads an id with or without `Patient/` before it; None if it is no FHIR id.
    #[must_use]
    pub fn parse(text: Text<'a>) -> Option<Self> {
        let bare = match text.0 {
            Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix("Patient/").unwrap_or(text)),
            Cow::Owned(text) => Cow::Owned(text.strip_prefix("Patient/").unwrap_or(&text).to_owned()),
        };
        let fits = (1..=64).contains(&bare.len());
        (fits && bare.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))).then_some(Self(bare))
    }

    /// The id alone.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An id may lead to a person: it reaches no log by way of `{:?}`.
impl fmt::Debug for PatientId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[patient id]")
    }
}

/// The service that a document would call if it is a hook request: it has a `hook` and a `context`. None for any other
/// document. Not for the request path, where the address names the service.
#[must_use]
pub fn called_service(document: &Document<'_>) -> Option<Service> {
    let request = document.root();
    request.get("context")?;
    let hook = string(request.get("hook"), Member::Hook).ok()?;
    let services = [Service::ChartReview, Service::OrderSelect, Service::OrderSign];
    Some(services.into_iter().find(|service| service.hook().name() == &*hook).unwrap_or(Service::ChartReview))
}

/// The service that answers a request to `called`. A client with one id for both ordering hooks calls that of order-sign, and
/// the hook of the request decides.
#[must_use]
pub fn answering_service(document: &Document<'_>, called: Service, shared_order_id: bool) -> Service {
    let is_chosen = || document.root().get("hook").and_then(Value::text).is_some_and(|hook| &*hook == "order-select");
    if shared_order_id && called == Service::OrderSign && is_chosen() { Service::OrderSelect } else { called }
}

/// Reads the request that `service` was called with.
///
/// # Errors
/// The first fault of rule 29 that concerns the body.
pub fn parse_request<'d>(document: &'d Document<'_>, service: Service) -> Result<HookRequest<'d>, RequestError> {
    let envelope = Envelope::of(document.root())?;
    let hook = string(envelope.hook, Member::Hook)?;
    if &*hook != service.hook().name() {
        return Err(RequestError::WrongHook(service.hook().name()));
    }
    let instance = string(envelope.hook_instance, Member::HookInstance)?;
    if instance.chars().nth(LONGEST_INSTANCE).is_some() {
        return Err(RequestError::TooLong(Member::HookInstance, LONGEST_INSTANCE));
    }
    let fhir_server = envelope.fhir_server.map(|raw| string(Some(raw), Member::FhirServer)).transpose()?;
    if envelope.fhir_authorization.is_some() && fhir_server.is_none() {
        return Err(RequestError::AuthorizationWithoutServer);
    }
    let authorization = envelope.fhir_authorization.map(Authorization::new);
    let context = context(envelope.context, service)?;
    if fhir_version::is_older(fhir_server.as_deref(), envelope.extension) {
        return Err(RequestError::NotR4);
    }
    let prefetch = Prefetch::read(envelope.prefetch, service)?;
    Ok(HookRequest { service, instance: HookInstance(instance), fhir_server, authorization, context, prefetch })
}

fn context(sent: Option<Value<'_>>, service: Service) -> Result<Context<'_>, RequestError> {
    let sent = sent.ok_or(RequestError::Missing(Member::Context))?;
    if !sent.is_object() {
        return Err(RequestError::WrongType(Member::Context, "an object"));
    }
    if sent.repeats() {
        return Err(RequestError::RepeatedIn(Member::Context));
    }
    let patient = PatientId::parse(string(sent.get("patientId"), Member::PatientId)?)
        .ok_or(RequestError::NotAnId(Member::PatientId))?;
    let user = sent.get("userId").map(|user| string(Some(user), Member::UserId)).transpose()?;
    let draft_orders = sent.get("draftOrders").filter(|_| service.hook().has_draft_orders());
    if service.hook().has_draft_orders() {
        let orders = draft_orders.ok_or(RequestError::Missing(Member::DraftOrders))?;
        if !orders.is_object() {
            return Err(RequestError::WrongType(Member::DraftOrders, "a FHIR Bundle"));
        }
    }
    Ok(Context { patient, user, draft_orders, selections: sent.get("selections") })
}

/// A string that says something: no control characters, not blank.
fn string(sent: Option<Value<'_>>, member: Member) -> Result<Text<'_>, RequestError> {
    let sent = sent.ok_or(RequestError::Missing(member))?;
    if !sent.is_string() {
        return Err(RequestError::WrongType(member, "a string"));
    }
    let text = sent.text().ok_or(RequestError::NotText(member))?;
    if text.has_control_characters() {
        return Err(RequestError::NotText(member));
    }
    if text.trim().is_empty() {
        return Err(RequestError::Empty(member));
    }
    Ok(text)
}

/// The members at the top.
#[derive(Default)]
struct Envelope<'a> {
    hook: Option<Value<'a>>,
    hook_instance: Option<Value<'a>>,
    fhir_server: Option<Value<'a>>,
    fhir_authorization: Option<Value<'a>>,
    context: Option<Value<'a>>,
    extension: Option<Value<'a>>,
    prefetch: Option<Value<'a>>,
}

impl<'a> Envelope<'a> {
    fn of(request: Value<'a>) -> Result<Self, RequestError> {
        if !request.is_object() {
            return Err(RequestError::NotAnObject);
        }
        if request.repeats() {
            return Err(RequestError::RepeatedAtTop);
        }
        let mut envelope = Self::default();
        for (name, value) in request.members().filter(|(_, value)| !value.is_null()) {
            let slot = match name.as_str() {
                "hook" => &mut envelope.hook,
                "hookInstance" => &mut envelope.hook_instance,
                "fhirServer" => &mut envelope.fhir_server,
                "fhirAuthorization" => &mut envelope.fhir_authorization,
                "context" => &mut envelope.context,
                "extension" => &mut envelope.extension,
                "prefetch" => &mut envelope.prefetch,
                _ => continue,
            };
            *slot = Some(value);
        }
        Ok(envelope)
    }
}
