//! A hook request, read once and borrowed from its body (CDS Hooks 2.0, HTTP Request; rules 25 to 30).

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fhir_version;
use super::members::{Members, is_null, is_object, is_string, repeat};
use super::prefetch::Prefetch;
use super::request_error::{Member, RequestError};
use super::service::Service;
use crate::json::{Malformed, Text};

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
    pub draft_orders: Option<&'a RawValue>,
    /// References to the orders just chosen, on order-select, as sent.
    pub selections: Option<&'a RawValue>,
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
pub fn called_service(document: &str) -> Option<Service> {
    let envelope = read_envelope(document).ok()?;
    envelope.context?;
    let hook = string(envelope.hook, Member::Hook).ok()?;
    let services = [Service::ChartReview, Service::OrderSelect, Service::OrderSign];
    Some(services.into_iter().find(|service| service.hook().name() == &*hook).unwrap_or(Service::ChartReview))
}

/// Reads the request that `service` was called with. `body` has passed [`crate::json::check`].
///
/// # Errors
/// The first fault of rule 29 that concerns the body.
pub fn parse_request(body: &str, service: Service) -> Result<HookRequest<'_>, RequestError> {
    let envelope = read_envelope(body)?;
    if envelope.repeats {
        return Err(RequestError::RepeatedAtTop);
    }
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
    let context = context(envelope.context, service)?;
    if fhir_version::is_older(fhir_server.as_deref(), envelope.extension) {
        return Err(RequestError::NotR4);
    }
    let prefetch = Prefetch::read(envelope.prefetch, service)?;
    Ok(HookRequest { service, instance: HookInstance(instance), fhir_server, context, prefetch })
}

fn context(raw: Option<&RawValue>, service: Service) -> Result<Context<'_>, RequestError> {
    let raw = raw.ok_or(RequestError::Missing(Member::Context))?;
    if !is_object(raw) {
        return Err(RequestError::WrongType(Member::Context, "an object"));
    }
    let members: Members<'_> =
        serde_json::from_str(raw.get()).map_err(|_| RequestError::Malformed(Malformed::NotJson))?;
    if members.repeat() {
        return Err(RequestError::RepeatedIn(Member::Context));
    }
    let patient = PatientId::parse(string(members.get("patientId"), Member::PatientId)?)
        .ok_or(RequestError::NotAnId(Member::PatientId))?;
    let user = members.get("userId").map(|raw| string(Some(raw), Member::UserId)).transpose()?;
    let draft_orders = members.get("draftOrders").filter(|_| service.hook().has_draft_orders());
    if service.hook().has_draft_orders() {
        let raw = draft_orders.ok_or(RequestError::Missing(Member::DraftOrders))?;
        if !is_object(raw) {
            return Err(RequestError::WrongType(Member::DraftOrders, "a FHIR Bundle"));
        }
    }
    Ok(Context { patient, user, draft_orders, selections: members.get("selections") })
}

/// A string that says something: no control characters, not blank.
fn string(raw: Option<&RawValue>, member: Member) -> Result<Text<'_>, RequestError> {
    let raw = raw.ok_or(RequestError::Missing(member))?;
    if !is_string(raw) {
        return Err(RequestError::WrongType(member, "a string"));
    }
    let text: Text<'_> = serde_json::from_str(raw.get()).map_err(|_| RequestError::NotText(member))?;
    if text.has_control_characters() {
        return Err(RequestError::NotText(member));
    }
    if text.trim().is_empty() {
        return Err(RequestError::Empty(member));
    }
    Ok(text)
}

/// The members at the top. `fhirAuthorization` is looked at for its presence only: the access token is skipped and never
/// held.
#[derive(Default)]
struct Envelope<'a> {
    hook: Option<&'a RawValue>,
    hook_instance: Option<&'a RawValue>,
    fhir_server: Option<&'a RawValue>,
    fhir_authorization: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
    extension: Option<&'a RawValue>,
    prefetch: Option<Members<'a>>,
    repeats: bool,
}

fn read_envelope(body: &str) -> Result<Envelope<'_>, RequestError> {
    let mut place = Place::Top;
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let read = EnvelopeSeed(&mut place).deserialize(&mut deserializer);
    match read.and_then(|envelope| deserializer.end().map(|()| envelope)) {
        Ok(envelope) => Ok(envelope),
        // serde_json tells a wrong shape ("data") from text that is no JSON; which shape was wrong is ours to know.
        Err(error) if error.is_data() => Err(match place {
            Place::Top => RequestError::NotAnObject,
            Place::Prefetch => RequestError::WrongType(Member::Prefetch, "an object"),
        }),
        Err(_) => Err(RequestError::Malformed(Malformed::NotJson)),
    }
}

/// Where the reader is, to word an error.
enum Place {
    Top,
    Prefetch,
}

struct EnvelopeSeed<'p>(&'p mut Place);

impl<'de> DeserializeSeed<'de> for EnvelopeSeed<'_> {
    type Value = Envelope<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EnvelopeSeed<'_> {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CDS Hooks request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope::default();
        let mut names: Vec<Text<'de>> = Vec::with_capacity(8);
        while let Some(name) = map.next_key::<Text<'de>>()? {
            // The prefetch is most of a request: it is split into its keys in this same pass.
            if &*name == "prefetch" {
                *self.0 = Place::Prefetch;
                envelope.prefetch = map.next_value()?;
                *self.0 = Place::Top;
            } else {
                let value = Some(map.next_value::<&'de RawValue>()?).filter(|value| !is_null(value));
                match &*name {
                    "hook" => envelope.hook = value,
                    "hookInstance" => envelope.hook_instance = value,
                    "fhirServer" => envelope.fhir_server = value,
                    "fhirAuthorization" => envelope.fhir_authorization = value,
                    "context" => envelope.context = value,
                    "extension" => envelope.extension = value,
                    _ => {}
                }
            }
            names.push(name);
        }
        envelope.repeats = repeat(names.iter().map(|name| &**name).collect());
        Ok(envelope)
    }
}
