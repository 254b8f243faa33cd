//! The exact JSON of every resource that is written, and that nothing empty is ever in it.

use fhir_out::{
    Code, CommunicationRequestDraft, Concept, Issue, IssueType, ServiceRequestDraft, Severity,
    communication_request_draft, operation_outcome, service_request_draft,
};

#[test]
fn an_error_reply_says_what_to_change() {
    let issue = Issue { severity: Severity::Error, kind: IssueType::Required, text: "Send context.patientId." };
    assert_eq!(
        operation_outcome(&[issue]),
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required","diagnostics":"Send context.patientId."}]}"#
    );
}

#[test]
fn an_operation_outcome_always_has_an_issue() {
    assert_eq!(
        operation_outcome(&[]),
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception","diagnostics":"The cause is not known."}]}"#
    );
}

#[test]
fn a_reflex_ish_is_drafted_on_the_existing_specimen() {
    let draft = ServiceRequestDraft {
        id: "her2-ish-1",
        code: Concept {
            code: Some(Code { system: "http://snomed.info/sct", code: "434363004" }),
            text: "HER2 ISH, dual probe, on the existing specimen",
        },
        subject: "Patient/p1",
        specimen: &["Specimen/s2"],
        reason: &["Observation/o1"],
    };
    assert_eq!(
        service_request_draft(&draft),
        concat!(
            r#"{"resourceType":"ServiceRequest","id":"her2-ish-1","status":"draft","intent":"proposal","#,
            r#""code":{"coding":[{"system":"http://snomed.info/sct","code":"434363004"}],"text":"HER2 ISH, dual probe, on the existing specimen"},"#,
            r#""subject":{"reference":"Patient/p1"},"reasonReference":[{"reference":"Observation/o1"}],"specimen":[{"reference":"Specimen/s2"}]}"#
        )
    );
}

#[test]
fn an_echocardiogram_is_drafted_without_a_specimen() {
    let draft = ServiceRequestDraft {
        id: "her2-echo-1",
        code: Concept {
            code: Some(Code { system: "http://snomed.info/sct", code: "40701008" }),
            text: "Transthoracic echocardiogram with LVEF",
        },
        subject: "Patient/p1",
        specimen: &[],
        reason: &[],
    };
    assert_eq!(
        service_request_draft(&draft),
        concat!(
            r#"{"resourceType":"ServiceRequest","id":"her2-echo-1","status":"draft","intent":"proposal","#,
            r#""code":{"coding":[{"system":"http://snomed.info/sct","code":"40701008"}],"text":"Transthoracic echocardiogram with LVEF"},"#,
            r#""subject":{"reference":"Patient/p1"}}"#
        )
    );
}

#[test]
fn a_question_to_pathology_names_the_specimen_and_the_result() {
    let draft = CommunicationRequestDraft {
        id: "her2-recount-1",
        subject: "Patient/p1",
        about: &["Specimen/s5", "Observation/o6"],
        question: "Was a blinded second count of at least 20 cells done?",
    };
    assert_eq!(
        communication_request_draft(&draft),
        concat!(
            r#"{"resourceType":"CommunicationRequest","id":"her2-recount-1","status":"draft","subject":{"reference":"Patient/p1"},"#,
            r#""about":[{"reference":"Specimen/s5"},{"reference":"Observation/o6"}],"#,
            r#""payload":[{"contentString":"Was a blinded second count of at least 20 cells done?"}]}"#
        )
    );
}

#[test]
fn cdsh_r02_nothing_empty_is_written_even_when_the_caller_sends_nothing() {
    let request = ServiceRequestDraft {
        id: "",
        code: Concept { code: None, text: "Review" },
        subject: "Patient/p1",
        specimen: &[""],
        reason: &[],
    };
    let question = CommunicationRequestDraft { id: "q", subject: "Patient/p1", about: &[""], question: "" };
    let silent = Issue { severity: Severity::Warning, kind: IssueType::Value, text: "" };
    for json in [service_request_draft(&request), communication_request_draft(&question), operation_outcome(&[silent])]
    {
        for empty in ["null", "\"\"", "[]", "{}", "$invalid"] {
            assert!(!json.contains(empty), "{empty} in {json}");
        }
    }
}
