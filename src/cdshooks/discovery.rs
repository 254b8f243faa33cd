//! The discovery document: `GET /cds-services` (CDS Hooks 2.0, Discovery).

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::service::Service;

/// The version of CDS Hooks in which Herald answers.
const SPECIFICATION: &str = "2.0.1";

/// Are the members shown that 3.0 adds to each service? Some validators of 2016 refuse unknown members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VersionMembers {
    /// `version` and `hookVersion` are listed.
    #[default]
    Shown,
    /// They are left out.
    Hidden,
}

/// The document, as JSON. `public_base` is the address under which clients reach the service: with it each service names the
/// place of its source attributes; without it there are no links of our own (rule 40).
#[must_use]
#[expect(clippy::expect_used, reason = "the document is made of constants, and a test writes it")]
pub fn document(versions: VersionMembers, public_base: Option<&str>) -> String {
    let services = Service::OFFERED.iter().map(|&service| Entry::new(service, versions, public_base)).collect();
    serde_json::to_string(&Document { services }).expect("strings are written to memory")
}

/// The same for a client that has one id for both ordering hooks (rule 10): it stands at two entries then.
#[must_use]
pub fn with_shared_order_id(document: &str) -> String {
    let entry = |service: Service| format!(r#""id":"{}""#, service.id());
    document.replacen(&entry(Service::OrderSelect), &entry(Service::OrderSign), 1)
}

/// The same for a client that speaks 1.0: without the members that came later.
#[must_use]
pub fn in_1_0(document: &str) -> String {
    let usage = r#","usageRequirements":"FHIR R4""#.to_owned();
    let specification = format!(r#","version":"{SPECIFICATION}""#);
    let hooks = Service::OFFERED.iter().map(|service| format!(r#","hookVersion":"{}""#, service.hook().version()));
    [usage, specification].into_iter().chain(hooks).fold(document.to_owned(), |text, later| text.replace(&later, ""))
}

#[derive(serde::Serialize)]
struct Document {
    services: Vec<Entry>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    hook: &'static str,
    title: &'static str,
    description: &'static str,
    id: &'static str,
    prefetch: Templates,
    usage_requirements: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hook_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<ServiceExtension>,
}

#[derive(serde::Serialize)]
struct ServiceExtension {
    /// Where the source attributes of the service are.
    #[serde(rename = "org.herald-cds.dsi")]
    attributes: String,
}

impl Entry {
    fn new(service: Service, versions: VersionMembers, public_base: Option<&str>) -> Self {
        let (version, hook_version) = match versions {
            VersionMembers::Shown => (Some(SPECIFICATION), Some(service.hook().version())),
            VersionMembers::Hidden => (None, None),
        };
        Self {
            hook: service.hook().name(),
            title: service.title(),
            description: service.description(),
            id: service.id(),
            prefetch: Templates(service),
            usage_requirements: "FHIR R4",
            version,
            hook_version,
            extension: public_base.map(|base| ServiceExtension {
                attributes: format!("{}/.well-known/dsi/{}.json", base.trim_end_matches('/'), service.id()),
            }),
        }
    }
}

/// The templates of a service as an object in a fixed order: a 3.0 client resolves them in that order.
struct Templates(Service);

impl Serialize for Templates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys = self.0.keys();
        let mut map = serializer.serialize_map(Some(keys.len()))?;
        for key in keys {
            map.serialize_entry(key.name(), key.template())?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cdsh_r08_each_service_says_hook_title_description_id_and_fhir_version() {
        let document: serde_json::Value = serde_json::from_str(&document(VersionMembers::Shown, None)).unwrap();
        let services = document["services"].as_array().unwrap();
        assert_eq!(services.len(), Service::OFFERED.len());
        for (service, listed) in Service::OFFERED.iter().zip(services) {
            assert_eq!(listed["id"], service.id());
            assert_eq!(listed["hook"], service.hook().name());
            assert_eq!(listed["usageRequirements"], "FHIR R4");
            assert_eq!(listed["version"], "2.0.1");
            assert_eq!(listed["hookVersion"], "1.0");
            assert!(!listed["title"].as_str().unwrap().is_empty());
            assert!(!listed["description"].as_str().unwrap().is_empty());
            let order: Vec<&str> = listed["prefetch"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(order, service.keys().iter().map(|key| key.name()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_id_for_both_ordering_hooks_stands_at_both_entries_and_changes_nothing_else() {
        let plain = document(VersionMembers::Shown, Some("https://cds.example.org"));
        let mut shared: serde_json::Value = serde_json::from_str(&with_shared_order_id(&plain)).unwrap();
        let ids: Vec<&str> =
            shared["services"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
        assert_eq!(ids, ["her2-chart-review", "her2-order-sign", "her2-order-sign"]);
        assert_eq!(shared["services"][1]["hook"], "order-select");
        shared["services"][1]["id"] = "her2-order-select".into();
        assert_eq!(shared, serde_json::from_str::<serde_json::Value>(&plain).unwrap());
    }

    #[test]
    fn a_client_of_1_0_is_sent_a_list_without_the_members_that_came_later() {
        let plain = document(VersionMembers::Shown, None);
        let list: serde_json::Value = serde_json::from_str(&in_1_0(&plain)).unwrap();
        for (service, listed) in Service::OFFERED.iter().zip(list["services"].as_array().unwrap()) {
            let members: Vec<&String> = listed.as_object().unwrap().keys().collect();
            assert_eq!(members, ["hook", "title", "description", "id", "prefetch"]);
            assert_eq!(listed["prefetch"].as_object().unwrap().len(), service.keys().len());
        }
        let hidden = document(VersionMembers::Hidden, None);
        assert_eq!(in_1_0(&hidden), in_1_0(&plain));
    }

    #[test]
    fn cdsh_r13_the_members_of_3_0_can_be_hidden() {
        let document = document(VersionMembers::Hidden, None);
        assert!(!document.contains("ersion\":"));
    }

    #[test]
    fn a_service_with_a_public_address_says_where_its_source_attributes_are() {
        let services =
            |base| -> serde_json::Value { serde_json::from_str(&document(VersionMembers::Shown, base)).unwrap() };
        for base in ["https://cds.example.org", "https://cds.example.org/"] {
            assert_eq!(
                services(Some(base))["services"][0]["extension"]["org.herald-cds.dsi"],
                "https://cds.example.org/.well-known/dsi/her2-chart-review.json"
            );
        }
        assert!(services(None)["services"][0].get("extension").is_none(), "no address, no link");
    }
}
