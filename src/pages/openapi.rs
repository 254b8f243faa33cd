//! The OpenAPI document as a page to read, without any script: every address with what it takes and answers, then every
//! shape member by member.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::layout;

/// The whole page, from the document itself.
pub fn openapi(document: &Value) -> String {
    let info = &document["info"];
    let state = html! {
        ul.state { li { "Version " strong { (text(info, "version")) } } li { a href="/openapi.json" { "The document as JSON" } } }
    };
    let operations: Vec<Operation<'_>> = operations(document);
    let schemas = document["components"]["schemas"].as_object();
    let content = html! {
        section.introduction aria-labelledby="api-head" {
            h1 #api-head { "Every address, every shape." }
            p { (text(info, "description")) }
        }
        nav.contents aria-label="Contents" {
            ul {
                @for one in &operations {
                    li { a href={ "#" (text(one.about, "operationId")) } { code { (one.method) " " (one.path) } } " " (text(one.about, "summary")) }
                }
                li { a href="#schemas" { "Shapes" } }
            }
        }
        @for tag in document["tags"].as_array().into_iter().flatten() {
            @let name = text(tag, "name");
            section.group aria-labelledby={ "tag-" (slug(name)) } {
                h2 id={ "tag-" (slug(name)) } { (name) }
                p.hint { (text(tag, "description")) }
                @for one in operations.iter().filter(|one| one.about["tags"][0] == name) { (operation(one)) }
            }
        }
        section.group #schemas aria-labelledby="schemas-head" {
            h2 #schemas-head { "Shapes" }
            p.hint { "Members in bold are always there." }
            @for (name, schema) in schemas.into_iter().flatten() { (shape(name, schema)) }
        }
    };
    layout::page("Herald: the interface", &state, &content, layout::Foot::Plain)
}

struct Operation<'d> {
    method: String,
    path: &'d str,
    about: &'d Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, verbs)| verbs.as_object().into_iter().flatten().map(move |(verb, about)| (path, verb, about)))
        .map(|(path, verb, about)| Operation { method: verb.to_uppercase(), path, about })
        .collect()
}

fn operation(one: &Operation<'_>) -> Markup {
    let id = text(one.about, "operationId");
    let body = one.about["requestBody"]["content"].as_object();
    html! {
        article.operation id=(id) aria-labelledby={ (id) "-head" } {
            h3 id={ (id) "-head" } { code { (one.method) " " (one.path) } }
            p { (text(one.about, "summary")) "." }
            @if let Some(words) = one.about["description"].as_str() { p { (words) } }
            @for parameter in one.about["parameters"].as_array().into_iter().flatten() {
                p { "In the path: " code { (text(parameter, "name")) } ", " (kind(&parameter["schema"])) ". " (text(parameter, "description")) }
            }
            @if let Some(schema) = body.and_then(|body| body.values().next()).map(|media| &media["schema"]) {
                p { "Body: " (kind(schema)) ", as " (names(body)) "." }
            }
            div.scroll { table.rows {
                caption { "Answers" }
                thead { tr { th scope="col" { "Status" } th scope="col" { "When" } th scope="col" { "Body" } th scope="col" { "Headers" } } }
                tbody { @for (status, answer) in answers(one.about) { (row(status, answer)) } }
            } }
        }
    }
}

/// The answers by their status.
fn answers(about: &Value) -> Vec<(&str, &Value)> {
    let mut all: Vec<(&str, &Value)> = about["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, answer)| (status.as_str(), answer))
        .collect();
    all.sort_by_key(|(status, _)| *status);
    all
}

fn row(status: &str, answer: &Value) -> Markup {
    let content = answer["content"].as_object();
    html! {
        tr {
            th scope="row" { (status) }
            td { (text(answer, "description")) }
            td {
                @if let Some(schema) = content.and_then(|content| content.values().next()).map(|media| &media["schema"]) {
                    (kind(schema)) ", " (names(content))
                } @else { "none" }
            }
            td {
                @for (name, header) in answer["headers"].as_object().into_iter().flatten() {
                    div { code { (name) } ": " (text(header, "description")) }
                }
            }
        }
    }
}

fn names(content: Option<&Map<String, Value>>) -> Markup {
    let names: Vec<&str> = content.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    html! { @for (at, name) in names.iter().enumerate() { @if at > 0 { " or " } code { (name) } } }
}

fn shape(name: &str, schema: &Value) -> Markup {
    html! {
        article.shape id={ "schema-" (name) } aria-labelledby={ "schema-" (name) "-head" } {
            h3 id={ "schema-" (name) "-head" } { (name) }
            (within(schema))
        }
    }
}

/// What a schema says of itself and of its members.
fn within(schema: &Value) -> Markup {
    let parts = schema["allOf"].as_array();
    let members = schema["properties"].as_object();
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    html! {
        @if let Some(parts) = parts {
            @for part in parts {
                @if part["$ref"].is_string() { p { "All of " (kind(part)) ", and:" } } @else { (within(part)) }
            }
        } @else if let Some(members) = members {
            ul.members {
                @for (name, member) in members {
                    li {
                        @if required.contains(&name.as_str()) { strong { code { (name) } } } @else { code { (name) } }
                        ": " (kind(member))
                        @if let Some(words) = member["description"].as_str() { ". " (words) }
                        (within(member))
                        (within(&member["items"]))
                    }
                }
            }
        }
    }
}

/// What a value is, in words.
fn kind(schema: &Value) -> Markup {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    if let Some(ways) = schema["anyOf"].as_array() {
        return html! { @for (at, way) in ways.iter().enumerate() { @if at > 0 { " or " } (kind(way)) } };
    }
    if let Some(words) = schema["enum"].as_array() {
        return html! { @for (at, word) in words.iter().enumerate() { @if at > 0 { ", " } code { (plain(word)) } } };
    }
    if !schema["const"].is_null() {
        return html! { "always " code { (plain(&schema["const"])) } };
    }
    let of = |name: &str| match name {
        "array" => html! { "list of " (kind(&schema["items"])) },
        "string" => html! { (schema["format"].as_str().map_or("text", |format| match format {
            "uuid" => "a UUID", "date" => "a date", "date-time" => "a point in time", _ => "text",
        })) },
        "boolean" => html! { "true or false" },
        "integer" => html! { "a whole number" },
        other => html! { (other) },
    };
    match &schema["type"] {
        Value::String(name) => of(name),
        Value::Array(names) => html! {
            @for (at, name) in names.iter().enumerate() { @if at > 0 { " or " } (of(name.as_str().unwrap_or_default())) }
        },
        _ => html! { "object" },
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}
