//! The invented patients of the start page: one complete hook request each, sent to the real endpoint.
//!
//! Their dates fit the sample data of autumn 2026. Every request leaves one place open, the `hookInstance`, because
//! a repeated instance is answered from the record instead of being assessed.

/// Stands in the request files where a fresh `hookInstance` belongs.
const HOOK_INSTANCE: &str = "{{hookInstance}}";

/// One invented patient and what a reader should expect to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Names the patient in the address, `/?patient=ID`; also the end of `Patient.id` in the request.
    pub id: &'static str,
    /// What the tumour and the tests are, in a few words.
    pub title: &'static str,
    /// What Herald should answer, in one line.
    pub expect: &'static str,
    /// The CDS service that the request is sent to.
    pub service: &'static str,
    request: &'static str,
}

impl Sample {
    /// The sample of this id, if there is one.
    pub fn of(id: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.id == id)
    }

    /// The request, pretty-printed, as an EHR would send it under this `hookInstance` (a UUID).
    pub fn request(&self, hook_instance: &str) -> String {
        self.request.replace(HOOK_INSTANCE, hook_instance)
    }
}

const REVIEW: &str = "her2-chart-review";
const SIGN: &str = "her2-order-sign";

/// All samples, in the order of the page: breast first, then other tumours, then records that give no answer, then orders.
pub const SAMPLES: &[Sample] = &[
    Sample {
        id: "breast-3plus",
        title: "Breast, IHC 3+",
        expect: "Positive. HER2-directed therapy can be considered.",
        service: REVIEW,
        request: include_str!("samples/breast-3plus.json"),
    },
    Sample {
        id: "breast-2plus",
        title: "Breast, IHC 2+ without ISH",
        expect: "Equivocal. Reflex ISH on the same specimen, or a new one.",
        service: REVIEW,
        request: include_str!("samples/breast-2plus.json"),
    },
    Sample {
        id: "breast-group-4",
        title: "Breast, ISH group 4 with IHC 2+",
        expect: "Equivocal, provisionally negative. A blinded second count is open.",
        service: REVIEW,
        request: include_str!("samples/breast-group-4.json"),
    },
    Sample {
        id: "breast-low",
        title: "Breast, IHC 1+, ER-positive",
        expect: "Negative (HER2-low, a term of drug labels).",
        service: REVIEW,
        request: include_str!("samples/breast-low.json"),
    },
    Sample {
        id: "breast-ultralow",
        title: "Breast, IHC 0 with faint staining in 5\u{a0}%",
        expect: "Negative (HER2-ultralow, a term of drug labels).",
        service: REVIEW,
        request: include_str!("samples/breast-ultralow.json"),
    },
    Sample {
        id: "breast-changed",
        title: "Breast, negative 2023, liver metastasis positive 2026",
        expect: "Positive leads; the difference over time is a warning.",
        service: REVIEW,
        request: include_str!("samples/breast-changed.json"),
    },
    Sample {
        id: "breast-old-test",
        title: "Breast, IHC 1+ of 2024, liver metastasis since",
        expect: "Consider testing new tissue: the metastasis was never tested.",
        service: REVIEW,
        request: include_str!("samples/breast-old-test.json"),
    },
    Sample {
        id: "man-3plus",
        title: "Breast cancer in a man, IHC 3+",
        expect: "Positive, by the same rules.",
        service: REVIEW,
        request: include_str!("samples/man-3plus.json"),
    },
    Sample {
        id: "gastric-2plus",
        title: "Gastric, IHC 2+ on biopsy without ISH",
        expect: "Equivocal. ISH before the first line is chosen.",
        service: REVIEW,
        request: include_str!("samples/gastric-2plus.json"),
    },
    Sample {
        id: "ovarian-3plus",
        title: "Ovarian, IHC 3+",
        expect: "Positive. A labelled option after prior systemic therapy.",
        service: REVIEW,
        request: include_str!("samples/ovarian-3plus.json"),
    },
    Sample {
        id: "ovarian-1plus",
        title: "Ovarian, IHC 1+",
        expect: "Negative. “Low” is a word for breast cancer only.",
        service: REVIEW,
        request: include_str!("samples/ovarian-1plus.json"),
    },
    Sample {
        id: "two-tumours",
        title: "Two tumours: breast IHC 3+, gastric IHC 2+",
        expect: "Each by its own rule; one result never speaks for the other tumour.",
        service: REVIEW,
        request: include_str!("samples/two-tumours.json"),
    },
    Sample {
        id: "contradictory",
        title: "Breast, code and text contradict each other",
        expect: "No status: one observation says two different things.",
        service: REVIEW,
        request: include_str!("samples/contradictory.json"),
    },
    Sample {
        id: "no-data",
        title: "Breast, no HER2 data sent",
        expect: "No category, and never “negative”.",
        service: REVIEW,
        request: include_str!("samples/no-data.json"),
    },
    Sample {
        id: "order-negative",
        title: "Signing trastuzumab, breast IHC 1+",
        expect: "Critical. The tumour is HER2-negative.",
        service: SIGN,
        request: include_str!("samples/order-negative.json"),
    },
    Sample {
        id: "order-no-lvef",
        title: "Signing T-DXd, breast IHC 3+, no LVEF",
        expect: "A warning: no LVEF was found before the first dose.",
        service: SIGN,
        request: include_str!("samples/order-no-lvef.json"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    const INSTANCE: &str = "0b7e5f0e-8a5c-4c0e-9d2f-2f6f1a7b3c11";
    const REVIEW_KEYS: [&str; 12] = [
        "patient",
        "her2",
        "pathology",
        "conditions",
        "medRequests",
        "medAdmins",
        "medStatements",
        "procedures",
        "lvef",
        "echoReports",
        "biomarkers",
        "specimens",
    ];
    const SIGN_KEYS: [&str; 12] = [
        "patient",
        "her2",
        "pathology",
        "conditions",
        "medRequests",
        "medAdmins",
        "medStatements",
        "lvef",
        "echoReports",
        "pregnancy",
        "biomarkers",
        "specimens",
    ];

    fn requests() -> impl Iterator<Item = (&'static Sample, Value)> {
        SAMPLES.iter().map(|sample| (sample, serde_json::from_str(&sample.request(INSTANCE)).expect(sample.id)))
    }

    #[test]
    fn every_sample_is_a_complete_request_of_its_hook_with_the_given_instance() {
        for (sample, request) in requests() {
            let (hook, keys) =
                if sample.service == SIGN { ("order-sign", SIGN_KEYS) } else { ("patient-view", REVIEW_KEYS) };
            assert_eq!(request["hook"], hook, "{}", sample.id);
            assert_eq!(request["hookInstance"], INSTANCE, "{}", sample.id);
            assert!(request["context"]["userId"].as_str().is_some_and(|user| user.starts_with("Practitioner/")));
            let sent: Vec<_> = request["prefetch"].as_object().expect(sample.id).keys().collect();
            assert_eq!(sent, keys, "{}", sample.id);
        }
    }

    #[test]
    fn everything_in_a_sample_belongs_to_its_own_patient() {
        for (sample, request) in requests() {
            let patient = format!("sample-{}", sample.id);
            assert_eq!(request["context"]["patientId"], patient.as_str());
            assert_eq!(request["prefetch"]["patient"]["id"], patient.as_str());
            let drafts = std::iter::once(&request["context"]["draftOrders"]);
            for bundle in request["prefetch"].as_object().expect(sample.id).values().chain(drafts) {
                for entry in bundle["entry"].as_array().into_iter().flatten() {
                    let resource = &entry["resource"];
                    assert_eq!(resource["subject"]["reference"], format!("Patient/{patient}").as_str());
                    let own = format!(
                        "/{}/{}",
                        resource["resourceType"].as_str().unwrap_or_default(),
                        resource["id"].as_str().unwrap_or_default()
                    );
                    assert!(entry["fullUrl"].as_str().is_some_and(|url| url.ends_with(&own)), "{}: {own}", sample.id);
                }
            }
        }
    }

    #[test]
    fn every_specimen_that_a_result_names_was_sent() {
        for (sample, request) in requests() {
            let sent: HashSet<String> = request["prefetch"]["specimens"]["entry"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|entry| Some(format!("Specimen/{}", entry["resource"]["id"].as_str()?)))
                .collect();
            for entry in request["prefetch"]["her2"]["entry"].as_array().into_iter().flatten() {
                let named = entry["resource"]["specimen"]["reference"].as_str().expect(sample.id);
                assert!(sent.contains(named), "{}: {named}", sample.id);
            }
        }
    }

    #[test]
    fn laboratory_numbers_keep_the_digits_that_the_laboratory_sent() {
        let group_4 = Sample::of("breast-group-4").expect("listed");
        assert!(group_4.request(INSTANCE).contains("\"value\": 1.60"));
    }

    #[test]
    fn a_sample_is_found_by_its_own_id_only() {
        for sample in SAMPLES {
            assert_eq!(Sample::of(sample.id), Some(sample));
        }
        assert_eq!(Sample::of("nobody"), None);
    }
}
