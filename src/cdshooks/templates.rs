//! The prefetch keys and their templates: what the client is asked to send along.
//!
//! R4, and only the subset of FHIR search that CDS Hooks 2.0 allows in templates ("Prefetch query restrictions"). Evidence
//! for each code is in the FHIR profiles of this repository.

/// A prefetch key, in the order in which discovery lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The patient. No rule reads it: only its type and id are looked at.
    Patient,
    /// HER2 results in tissue.
    Her2,
    /// Pathology and genetics reports; they stand in for `her2`.
    Pathology,
    /// Problem list and encounter diagnoses: the site of the cancer.
    Conditions,
    /// Orders of drugs.
    MedRequests,
    /// Doses given.
    MedAdmins,
    /// Drugs taken elsewhere.
    MedStatements,
    /// Procedures done.
    Procedures,
    /// Left ventricular ejection fraction.
    Lvef,
    /// Reports of echocardiograms.
    EchoReports,
    /// Pregnancy tests.
    Pregnancy,
    /// Receptors, RAS, PD-L1, MSI, variants, ECOG, stage and course: what labels condition on.
    Biomarkers,
    /// Specimens: biopsy or resection, date of collection, accession.
    Specimens,
}

impl Key {
    /// Every key, in the order of discovery.
    pub const ALL: [Self; 13] = [
        Self::Patient,
        Self::Her2,
        Self::Pathology,
        Self::Conditions,
        Self::MedRequests,
        Self::MedAdmins,
        Self::MedStatements,
        Self::Procedures,
        Self::Lvef,
        Self::EchoReports,
        Self::Pregnancy,
        Self::Biomarkers,
        Self::Specimens,
    ];

    /// Does it hold orders or treatments, which may refer to Medications?
    #[must_use]
    pub const fn is_of_medicines(self) -> bool {
        matches!(self, Self::MedRequests | Self::MedAdmins | Self::MedStatements)
    }

    /// The name of the member in `prefetch`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Her2 => "her2",
            Self::Pathology => "pathology",
            Self::Conditions => "conditions",
            Self::MedRequests => "medRequests",
            Self::MedAdmins => "medAdmins",
            Self::MedStatements => "medStatements",
            Self::Procedures => "procedures",
            Self::Lvef => "lvef",
            Self::EchoReports => "echoReports",
            Self::Pregnancy => "pregnancy",
            Self::Biomarkers => "biomarkers",
            Self::Specimens => "specimens",
        }
    }

    /// The key with this name, compared exactly.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The type of resource that the template gives: a Bundle for a search.
    #[must_use]
    pub const fn gives(self) -> &'static str {
        match self {
            Self::Patient => "Patient",
            Self::Her2
            | Self::Pathology
            | Self::Conditions
            | Self::MedRequests
            | Self::MedAdmins
            | Self::MedStatements
            | Self::Procedures
            | Self::Lvef
            | Self::EchoReports
            | Self::Pregnancy
            | Self::Biomarkers
            | Self::Specimens => "Bundle",
        }
    }

    /// The relative FHIR read or search that the client resolves.
    #[must_use]
    pub const fn template(self) -> &'static str {
        match self {
            Self::Patient => "Patient/{{context.patientId}}",
            Self::Her2 => concat!(
                "Observation?patient={{context.patientId}}&code=http://loinc.org|85319-2,",
                "http://loinc.org|18474-7,http://loinc.org|72383-3,http://loinc.org|48676-1,",
                "http://loinc.org|85318-4,http://loinc.org|31150-6,http://loinc.org|48675-3,",
                "http://loinc.org|49683-6,http://loinc.org|74860-8,http://loinc.org|74861-6,",
                "http://loinc.org|62361-1,http://loinc.org|74885-5,http://loinc.org|96893-3,",
                "http://loinc.org|85328-3,http://loinc.org|42783-1&_sort=-date&_count=50",
            ),
            Self::Pathology => concat!(
                "DiagnosticReport?patient={{context.patientId}}&category=http://loinc.org|LP7839-6,",
                "http://terminology.hl7.org/CodeSystem/v2-0074|SP,",
                "http://terminology.hl7.org/CodeSystem/v2-0074|PAT,",
                "http://terminology.hl7.org/CodeSystem/v2-0074|GE&_sort=-date&_count=20",
            ),
            Self::Conditions => concat!(
                "Condition?patient={{context.patientId}}",
                "&category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item,",
                "http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis&_count=100",
            ),
            Self::MedRequests => concat!(
                "MedicationRequest?patient={{context.patientId}}&intent=order,plan&status=active,on-hold,",
                "completed,stopped&_sort=-authoredon&_count=100",
            ),
            Self::MedAdmins => {
                "MedicationAdministration?patient={{context.patientId}}&_sort=-effective-time&_count=100"
            }
            Self::MedStatements => "MedicationStatement?patient={{context.patientId}}&_sort=-effective&_count=100",
            Self::Procedures => "Procedure?patient={{context.patientId}}&_sort=-date&_count=100",
            Self::Lvef => concat!(
                "Observation?patient={{context.patientId}}&code=http://loinc.org|10230-1,",
                "http://loinc.org|18043-0,http://loinc.org|8806-2,http://loinc.org|8807-0,",
                "http://loinc.org|18047-1,http://loinc.org|18046-3,http://loinc.org|79991-6,",
                "http://loinc.org|77892-8,http://loinc.org|79990-8,http://loinc.org|18045-5,",
                "http://loinc.org|8811-2,http://loinc.org|8812-0,http://loinc.org|8810-4,http://loinc.org|8808-8",
                "&_sort=-date&_count=10",
            ),
            Self::EchoReports => concat!(
                "DiagnosticReport?patient={{context.patientId}}&category=http://loinc.org|LP29708-2&_sort=-date",
                "&_count=10",
            ),
            Self::Pregnancy => concat!(
                "Observation?patient={{context.patientId}}&code=http://loinc.org|2110-5,http://loinc.org|2112-1,",
                "http://loinc.org|82810-3,http://loinc.org|2106-3,http://loinc.org|2118-8&_sort=-date&_count=5",
            ),
            Self::Biomarkers => concat!(
                "Observation?patient={{context.patientId}}&code=http://loinc.org|16112-5,",
                "http://loinc.org|85337-4,http://loinc.org|40556-3,http://loinc.org|16113-3,",
                "http://loinc.org|85339-0,http://loinc.org|40557-1,http://loinc.org|10480-2,",
                "http://loinc.org|21702-6,http://loinc.org|85509-8,http://loinc.org|81420-2,",
                "http://loinc.org|75974-6,http://loinc.org|82535-6,http://loinc.org|83052-1,",
                "http://loinc.org|81695-9,http://loinc.org|69548-6,http://loinc.org|81252-9,",
                "http://loinc.org|89247-1,http://loinc.org|89243-0,http://loinc.org|97509-4,",
                "http://loinc.org|21908-9,http://loinc.org|21902-2,http://loinc.org|21907-1,",
                "http://loinc.org|21901-4,http://loinc.org|105305-7&_sort=-date&_count=100",
            ),
            Self::Specimens => "Specimen?patient={{context.patientId}}&_count=50",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_exact_name_only() {
        for key in Key::ALL {
            assert_eq!(Key::named(key.name()), Some(key));
        }
        assert_eq!(Key::named("HER2"), None);
        assert_eq!(Key::named("labs"), None);
    }

    /// Rules 15 to 18: tokens of the context only, R4 sorting, nothing outside the subset that every client resolves.
    #[test]
    fn cdsh_r16_templates_keep_to_what_every_client_can_resolve() {
        for key in Key::ALL {
            let template = key.template();
            assert!(template.len() < 1000, "{}", key.name());
            assert_eq!(template.matches("{{").count(), 1, "{}", key.name());
            assert!(template.contains("{{context.patientId}}"), "{}", key.name());
            for refused in ["_include", "_revinclude", "_has", ":not", "_elements", "sort:", "today()", "{{%", " "] {
                assert!(!template.contains(refused), "{} uses {refused}", key.name());
            }
        }
    }
}
