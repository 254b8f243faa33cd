//! The members of a resource that are looked at, each left raw: a wrong type, a null or an empty array never loses the rest.

use smallvec::SmallVec;

use crate::json::{Text, Value};

/// Whatever stands under a member, or nothing. `null` is nothing.
pub(super) type Raw<'a> = Option<Value<'a>>;

/// A struct of members that are looked at, each told by its name. It holds where they are: a resource is kept for the whole
/// request, and most of its members are asked for once or never.
macro_rules! members {
    ($(#[$about:meta])* $object:ident { $($(#[$note:meta])* $member:ident: $name:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Default)]
        pub(super) struct $object<'a> {
            holder: Option<$crate::json::Value<'a>>,
            $($member: $crate::json::Place,)*
        }

        impl<'a> $object<'a> {
            /// Can it be read: is it an object in which none of the members stands twice?
            #[inline]
            pub(super) fn is_clear(value: $crate::json::Value<'a>) -> bool {
                value.is_object() && !value.repeats_one_of(&[$($name),*])
            }

            /// Reads an object; None if it is not clear.
            #[inline]
            pub(super) fn of(value: $crate::json::Value<'a>) -> Option<Self> {
                if !Self::is_clear(value) {
                    return None;
                }
                struct Tags;
                #[allow(non_upper_case_globals, reason = "named as the members whose tags they are")]
                impl Tags {
                    $(const $member: $crate::json::Tag = $crate::json::Tag::of($name.as_bytes());)*
                }
                let mut object = Self { holder: Some(value), ..Self::default() };
                for (name, value) in value.members() {
                    // by its tag first: most names have one that is looked for nowhere
                    let member = match name.tag() {
                        $(Tags::$member if name.as_str() == $name => &mut object.$member,)*
                        _ => continue,
                    };
                    *member = if value.is_null() { $crate::json::Place::NONE } else { value.place() };
                }
                Some(object)
            }

            $(
                $(#[$note])*
                #[inline]
                pub(super) fn $member(&self) -> Raw<'a> {
                    self.holder?.beside(self.$member)
                }
            )*
        }
    };
}

pub(super) use members;

members! {
    /// Every member of every resource type that is read.
    Resource {
        resource_type: "resourceType",
        id: "id",
        status: "status",
        code: "code",
        subject: "subject",
        patient: "patient",
        contained: "contained",
        extension: "extension",
        // Bundle, which is read without the others: only whether it stands twice is asked
        #[allow(dead_code, reason = "see above")]
        entry: "entry",
        // Observation
        effective_date_time: "effectiveDateTime",
        effective_instant: "effectiveInstant",
        effective_period: "effectivePeriod",
        issued: "issued",
        value_codeable_concept: "valueCodeableConcept",
        value_string: "valueString",
        value_quantity: "valueQuantity",
        value_ratio: "valueRatio",
        value_integer: "valueInteger",
        value_boolean: "valueBoolean",
        value_range: "valueRange",
        value_date_time: "valueDateTime",
        data_absent_reason: "dataAbsentReason",
        interpretation: "interpretation",
        method: "method",
        body_site: "bodySite",
        specimen: "specimen",
        focus: "focus",
        component: "component",
        has_member: "hasMember",
        derived_from: "derivedFrom",
        // DiagnosticReport
        result: "result",
        conclusion: "conclusion",
        // Condition
        clinical_status: "clinicalStatus",
        verification_status: "verificationStatus",
        // Specimen
        kind: "type",
        collection: "collection",
        accession_identifier: "accessionIdentifier",
        container: "container",
    }
}

/// A member of `component`: the same value members as an Observation, under its own code.
pub(super) type Component<'a> = Resource<'a>;

/// A JSON string.
#[inline]
pub(super) fn text(raw: Raw<'_>) -> Option<Text<'_>> {
    raw?.text()
}

/// The items of an array without its nulls, or the one value that stands in place of an array.
pub(super) fn items(raw: Raw<'_>) -> impl Iterator<Item = Value<'_>> {
    let mut each = raw.map(Value::each);
    std::iter::from_fn(move || each.as_mut()?.find(|item| !item.is_null()))
}

/// A Coding as sent.
#[derive(Debug, Default)]
pub(super) struct Coding<'a> {
    pub system: Option<Text<'a>>,
    pub code: Option<Text<'a>>,
    pub display: Option<Text<'a>>,
}

/// The codings of one concept. Most concepts hold one, which needs no memory of its own.
pub(super) type Codings<'a> = SmallVec<[Coding<'a>; 1]>;

/// A CodeableConcept as sent.
#[derive(Debug, Default)]
pub(super) struct Concept<'a> {
    pub coding: Codings<'a>,
    pub text: Option<Text<'a>>,
}

members! {
    ConceptMembers {
        coding: "coding",
        text: "text",
        /// R5 CodeableReference.
        concept: "concept",
    }
}

members! {
    CodingMembers {
        system: "system",
        code: "code",
        display: "display",
    }
}

/// Reads a CodeableConcept, or the concept of an R5 CodeableReference; a bare string is its text.
pub(super) fn concept<'a>(raw: Raw<'a>) -> Concept<'a> {
    let Some(value) = raw else { return Concept::default() };
    if let Some(text) = value.text() {
        return Concept { coding: Codings::new(), text: Some(text) };
    }
    let members = ConceptMembers::of(value).unwrap_or_default();
    if members.concept().is_some() {
        return concept(members.concept());
    }
    Concept { coding: items(members.coding()).map(coding).collect(), text: text(members.text()) }
}

/// The text of a CodeableConcept, its codings left where they are; a bare string is its text.
pub(super) fn concept_text<'a>(raw: Raw<'a>) -> Option<Text<'a>> {
    let value = raw?;
    if value.is_string() { value.text() } else { text(value.get("text")) }
}

fn coding(value: Value<'_>) -> Coding<'_> {
    let members = CodingMembers::of(value).unwrap_or_default();
    Coding { system: text(members.system()), code: text(members.code()), display: text(members.display()) }
}

/// Concepts of a member that is an array in R4 and was an object in STU3 (interpretation, category).
pub(super) fn concepts<'a>(raw: Raw<'a>) -> Vec<Concept<'a>> {
    items(raw).map(|one| concept(Some(one))).collect()
}

members! {
    Reference {
        reference: "reference",
    }
}

/// The `reference` of a Reference.
pub(super) fn reference<'a>(raw: Raw<'a>) -> Option<Text<'a>> {
    text(Reference::of(raw?)?.reference())
}

/// The references of a member that holds one or many.
pub(super) fn references<'a>(raw: Raw<'a>) -> Vec<Text<'a>> {
    items(raw).filter_map(|one| reference(Some(one))).collect()
}

members! {
    Extension {
        url: "url",
        value_reference: "valueReference",
        value_codeable_concept: "valueCodeableConcept",
    }
}

/// The extensions whose address ends with `name`.
pub(super) fn extensions<'a>(raw: Raw<'a>, name: &str) -> Vec<Extension<'a>> {
    let named = |extension: &Extension<'a>| text(extension.url()).is_some_and(|url| url.ends_with(name));
    items(raw).filter_map(Extension::of).filter(named).collect()
}

members! {
    /// `Specimen.collection`.
    Collection {
        collected_date_time: "collectedDateTime",
        collected_period: "collectedPeriod",
        method: "method",
        body_site: "bodySite",
        procedure: "procedure",
    }
}

members! {
    /// `Specimen.container`.
    Container {
        identifier: "identifier",
    }
}

members! {
    Period {
        start: "start",
        end: "end",
    }
}

/// The start and the end of a Period.
pub(super) fn period<'a>(raw: Raw<'a>) -> (Option<Text<'a>>, Option<Text<'a>>) {
    let period = raw.and_then(Period::of).unwrap_or_default();
    (text(period.start()), text(period.end()))
}

/// The start of a Period, else its end.
pub(super) fn period_start<'a>(raw: Raw<'a>) -> Option<Text<'a>> {
    let (start, end) = period(raw);
    start.or(end)
}
