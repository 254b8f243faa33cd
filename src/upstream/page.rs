//! One page from the FHIR server: a question, its answer, and the caps on it.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::fault::Fault;
use super::query::Query;

/// Most bytes of one answer.
const MOST_BYTES: usize = 4 << 20;
/// Most bytes of all answers for one request.
const MOST_BYTES_TOGETHER: usize = 16 << 20;

/// What all questions of one request share.
pub(super) struct Trip {
    pub http: Client,
    /// `Bearer …`, marked as sensitive.
    pub authorization: Option<HeaderValue>,
    /// When the last byte must have come.
    pub until: Instant,
    /// Bytes that came so far.
    pub bytes: AtomicUsize,
}

impl Trip {
    /// Asks and reads the whole answer.
    pub(super) async fn page(&self, query: &Query) -> Result<Vec<u8>, Fault> {
        timeout_at(self.until, self.read(self.question(query))).await.unwrap_or(Err(Fault::TooSlow))
    }

    fn question(&self, query: &Query) -> RequestBuilder {
        let question = match query {
            Query::Read(url) | Query::Search(url) => self.http.get(url.clone()),
            Query::PostedSearch { url, form } => {
                let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
                self.http.post(url.clone()).header(CONTENT_TYPE, form_type).body(form.clone())
            }
        };
        let question = question.header(ACCEPT, HeaderValue::from_static("application/fhir+json"));
        match &self.authorization {
            Some(authorization) => question.header(AUTHORIZATION, authorization.clone()),
            None => question,
        }
    }

    async fn read(&self, question: RequestBuilder) -> Result<Vec<u8>, Fault> {
        let mut answer = question.send().await.map_err(|_| Fault::Unreachable)?;
        check_head(&answer)?;
        let mut body = Vec::with_capacity(announced(&answer)?);
        while let Some(piece) = answer.chunk().await.map_err(|_| Fault::Unreachable)? {
            let together = self.bytes.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
            if body.len() + piece.len() > MOST_BYTES || together > MOST_BYTES_TOGETHER {
                return Err(Fault::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

fn check_head(answer: &Response) -> Result<(), Fault> {
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Fault::NotFound),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(Fault::NotPermitted),
        _ => return Err(Fault::Status),
    }
    if !is_json(answer.headers()) {
        return Err(Fault::MediaType);
    }
    let packed = |coding: &HeaderValue| !coding.as_bytes().eq_ignore_ascii_case(b"identity");
    if answer.headers().get_all(CONTENT_ENCODING).iter().any(packed) { Err(Fault::Encoding) } else { Ok(()) }
}

/// `application/fhir+json` or `application/json`, parameters and letter case ignored.
fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    ["application/fhir+json", "application/json"].iter().any(|json| essence.eq_ignore_ascii_case(json))
}

/// Room for the body, as far as its length is told.
fn announced(answer: &Response) -> Result<usize, Fault> {
    match answer.content_length().map(usize::try_from) {
        None => Ok(0),
        Some(Ok(length)) if length <= MOST_BYTES => Ok(length),
        Some(_) => Err(Fault::TooLarge),
    }
}
