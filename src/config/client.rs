//! A client: the system of a site, an EHR as a rule, that calls the services.

use std::sync::Arc;

use super::fhir_access::FhirAccess;
use crate::cdshooks::{DetailForm, EhrProfile, OrderCodes, SpecVersion};

/// Who calls. Everything that differs from client to client stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The name that the site gives it; silences and metrics go by it.
    pub name: Box<str>,
    /// Whose data its decisions are. The first column of every key.
    pub tenant: Arc<str>,
    /// How finished cards are fitted to its screens.
    pub profile: EhrProfile,
    /// How details are written for it; only the profile `epic` heeds it.
    pub detail: DetailForm,
    /// The version of CDS Hooks that it speaks.
    pub spec: SpecVersion,
    /// Its site's own codes for the orders that cards draft.
    pub order_codes: OrderCodes,
    /// Both ordering hooks go under the id of order-sign (rule 10), so that what is said when an order is signed takes the
    /// place of what was said when it was chosen.
    pub shared_order_id: bool,
    /// The DNS name that its TLS certificate must have, where certificates are asked for. None in the loopback mode.
    pub certificate_name: Option<Box<str>>,
    /// The FHIR server that missing prefetch may be fetched from. None: nothing is fetched.
    pub fhir: Option<FhirAccess>,
}

impl Client {
    /// Whoever calls in the loopback mode.
    #[must_use]
    pub fn local() -> Self {
        Self {
            name: "local".into(),
            tenant: "local".into(),
            profile: EhrProfile::default(),
            detail: DetailForm::default(),
            spec: SpecVersion::default(),
            order_codes: OrderCodes::default(),
            shared_order_id: false,
            certificate_name: None,
            fhir: None,
        }
    }
}
