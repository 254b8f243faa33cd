//! Does a request say that it speaks FHIR DSTU2 or STU3?
//!
//! Nothing in CDS Hooks names the FHIR version of a request (docs#3, open since 2016), and an Observation looks much the
//! same in all of them. So only plain statements count: an extension of the client, a segment of its server's address, or
//! a resource that R4 no longer has. Everything else is read as R4.

use crate::json::Value;

/// Resources of DSTU2 or STU3 that R4 renamed or dropped, among those a client could send for our prefetch keys.
const OLDER_RESOURCES: [&str; 4] = ["MedicationOrder", "DiagnosticOrder", "ProcedureRequest", "ReferralRequest"];

/// Does the address of the server, or an extension `….fhir-version`, name an older version?
pub(super) fn is_older(fhir_server: Option<&str>, extension: Option<Value<'_>>) -> bool {
    fhir_server.is_some_and(|address| address.split('/').any(is_older_name)) || extension.is_some_and(names_older)
}

/// Is this a resource that R4 does not have?
pub(super) fn is_older_resource(resource_type: &str) -> bool {
    OLDER_RESOURCES.contains(&resource_type)
}

fn is_older_name(segment: &str) -> bool {
    ["dstu2", "stu3"].iter().any(|older| segment.eq_ignore_ascii_case(older))
}

/// Extensions may have any shape: what cannot be read says nothing.
fn names_older(extension: Value<'_>) -> bool {
    extension.members().filter(|(name, _)| name.as_str().ends_with("fhir-version")).any(|(_, value)| {
        value.text().is_some_and(|version| {
            is_older_name(&version) || version.starts_with("1.0.") || version.starts_with("3.0.")
        })
    })
}
