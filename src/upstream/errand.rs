//! All that is missing, asked for at once.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use reqwest::header::HeaderValue;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::fault::Fault;
use super::fetched::{Fetched, Part};
use super::page::Trip;
use super::query::{Query, next_page};
use super::registered::FhirServer;
use crate::cdshooks::{Key, next_link};
use crate::json::{Document, Value};

/// One thing to ask for.
#[derive(Clone)]
pub(super) enum Ask {
    /// A key that was not sent. None: it has no address below the base.
    Key(Key, Option<Query>),
    /// The page behind a Bundle that was sent.
    NextPage(Key, Query),
    /// The Medication of this id, which orders or treatments refer to.
    Medication(Box<str>, Query),
}

impl Ask {
    const fn key(&self) -> Key {
        match self {
            Self::Key(key, _) | Self::NextPage(key, _) => *key,
            Self::Medication(..) => Key::MedRequests,
        }
    }

    /// What this comes to if nothing can be had.
    const fn in_vain(&self) -> Part {
        match self {
            Self::Key(key, _) => Part::NotFetched(*key),
            Self::NextPage(..) => Part::NoFurtherPage,
            Self::Medication(..) => Part::NoMedication,
        }
    }
}

/// What a request lacks, and where it may be had.
#[must_use]
pub struct Errand {
    pub(super) server: Arc<FhirServer>,
    pub(super) base: Box<str>,
    pub(super) asks: Vec<Ask>,
    /// The header with the token, if one was sent; an error if one was sent that cannot be passed on.
    pub(super) authorization: Result<Option<HeaderValue>, ()>,
}

impl Errand {
    /// Asks for everything at once. What has not come when `until` is over is not fetched; the rest is used.
    pub async fn run(self, until: std::time::Instant) -> Fetched {
        let mut parts: Vec<Part> = self.asks.iter().map(Ask::in_vain).collect();
        let Ok(authorization) = self.authorization else {
            tracing::debug!("the access token of a request cannot be passed on");
            return Fetched(parts);
        };
        let Ok(_place) = self.server.at_once.try_acquire() else {
            tracing::debug!(error = %Fault::Busy, "nothing was fetched");
            return Fetched(parts);
        };
        let trip = Arc::new(Trip {
            http: self.server.http.clone(),
            authorization,
            until: Instant::from_std(until),
            bytes: AtomicUsize::new(0),
        });
        let mut questions = JoinSet::new();
        for (nth, ask) in self.asks.into_iter().enumerate() {
            let (trip, base) = (Arc::clone(&trip), self.base.clone());
            questions.spawn(async move { (nth, part(&trip, &base, ask).await) });
        }
        while let Some(answered) = questions.join_next().await {
            // a question that panicked was in vain
            if let Ok((nth, part)) = answered {
                parts[nth] = part;
            }
        }
        Fetched(parts)
    }
}

async fn part(trip: &Trip, base: &str, ask: Ask) -> Part {
    let had = match &ask {
        Ask::Key(_, None) => Err(Fault::Unreachable),
        Ask::Key(key, Some(query)) => whole(trip, base, *key, query).await,
        Ask::NextPage(key, query) => checked(trip, query).await.map(|page| Part::FurtherPage(*key, page)),
        Ask::Medication(id, query) => medication(trip, id, query).await,
    };
    had.unwrap_or_else(|fault| {
        tracing::debug!(prefetch_key = ask.key().name(), error = %fault, "not fetched");
        ask.in_vain()
    })
}

/// The answer for a key: of a search the first page, and the second where there is one.
async fn whole(trip: &Trip, base: &str, key: Key, query: &Query) -> Result<Part, Fault> {
    let first = match (query, checked(trip, query).await) {
        (Query::Read(_), Err(Fault::NotFound)) => return Ok(Part::NoData(key)),
        (_, first) => first?,
    };
    let Some(next) = next_query(base, &first) else { return Ok(Part::Pages(key, first, None)) };
    match checked(trip, &next).await {
        Ok(second) => Ok(Part::Pages(key, first, Some(second))),
        Err(fault) => {
            tracing::debug!(prefetch_key = key.name(), error = %fault, "second page not fetched");
            Ok(Part::Pages(key, first, None))
        }
    }
}

/// The Medication of this id, and no other resource in its place.
async fn medication(trip: &Trip, id: &str, query: &Query) -> Result<Part, Fault> {
    let page = checked(trip, query).await?;
    let is_it = Document::parse(&page).is_ok_and(|document| {
        let says =
            |member, wanted| document.root().get(member).and_then(Value::text).is_some_and(|sent| &*sent == wanted);
        says("resourceType", "Medication") && says("id", id)
    });
    if is_it { Ok(Part::Medication(page)) } else { Err(Fault::Malformed) }
}

/// A page that is JSON.
async fn checked(trip: &Trip, query: &Query) -> Result<Vec<u8>, Fault> {
    let page = trip.page(query).await?;
    if Document::parse(&page).is_ok() { Ok(page) } else { Err(Fault::Malformed) }
}

fn next_query(base: &str, page: &[u8]) -> Option<Query> {
    let document = Document::parse(page).ok()?;
    next_page(base, &next_link(document.root())?)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    use reqwest::Url;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn when_too_many_wait_for_a_server_that_hangs_the_next_is_answered_at_once() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        server.set_nonblocking(true).unwrap();
        let url = Url::parse(&format!("http://{}/Patient/p1", server.local_addr().unwrap())).unwrap();
        let ask = Ask::Key(Key::Patient, Some(Query::Read(url)));
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        for (places, arrives) in [(0, false), (1, true)] {
            let errand = Errand {
                server: Arc::new(FhirServer { http: reqwest::Client::new(), at_once: Semaphore::new(places) }),
                base: "http://unused".into(),
                asks: vec![ask.clone()],
                authorization: Ok(None),
            };
            let Fetched(parts) = errand.run(Instant::now() + Duration::from_secs(1)).await;
            assert!(matches!(parts[..], [Part::NotFetched(Key::Patient)]));
            assert_eq!(server.accept().is_ok(), arrives);
        }
    }
}
