//! One request as a span, where spans are collected.

use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use uuid::Uuid;

use crate::traces::{Call, Parent, Traces};

/// Tells a client the name of its request, so that both sides can talk about it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request that has begun. The name is our own: one that a client chose could hold anything.
pub(super) struct Traced {
    id: Uuid,
    began: SystemTime,
    method: &'static str,
    endpoint: &'static str,
    parent: Option<Parent>,
}

impl Traced {
    pub(super) fn begin(request: &ServiceRequest, endpoint: &'static str) -> Self {
        let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
        Self {
            id: Uuid::now_v7(),
            began: SystemTime::now(),
            method: method(request.method()),
            endpoint,
            parent: parent.and_then(Parent::of),
        }
    }

    /// Hands the span over. A refused token gets the same reply for every cause and at every time, so no name either.
    pub(super) fn end<B>(self, tenant: &str, response: &mut HttpResponse<B>, traces: &Traces) {
        let record = response.headers().get("x-decision-record").and_then(|value| value.to_str().ok());
        let id = self.id.to_string();
        traces.record(&Call {
            parent: self.parent,
            began: self.began,
            ended: SystemTime::now(),
            request_id: &id,
            method: self.method,
            endpoint: self.endpoint,
            tenant,
            status: response.status().as_u16(),
            record,
        });
        if response.status() != StatusCode::UNAUTHORIZED
            && let Ok(id) = HeaderValue::from_str(&id)
        {
            response.headers_mut().insert(REQUEST_ID, id);
        }
    }
}

/// The method, if it is one of the usual ones: a client may send any word.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    }
}
