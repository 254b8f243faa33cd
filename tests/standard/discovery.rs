//! The discovery document.

use serde_json::Value;

use super::words::Page;

/// What is wrong with a discovery document. Empty for a good one.
pub fn faults_of_discovery(document: &Value) -> Vec<String> {
    let mut page = Page::new();
    let Some(services) = document["services"].as_array() else {
        page.fault("document", 7, "`services` is required and an array");
        return page.faults;
    };
    for (n, service) in services.iter().enumerate() {
        let at = format!("services[{n}]");
        for member in ["hook", "description", "id"] {
            page.required(service, member, &at, 8);
        }
        for member in ["title", "usageRequirements", "version", "hookVersion"] {
            page.optional(service, member, &at, 8);
        }
        if let Some(prefetch) = service.get("prefetch") {
            let templates = prefetch.as_object();
            let all_text = templates.is_some_and(|keys| keys.values().all(Value::is_string));
            page.holds(all_text, &at, 8, "`prefetch` is an object of strings");
        }
        if let Some(extension) = service.get("extension") {
            page.holds(extension.is_object(), &at, 44, "`extension` is an object");
        }
    }
    page.faults
}
