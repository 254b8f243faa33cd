//! The server: bind, serve, stop gracefully.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpServer, middleware};

use super::addresses::listed;
use super::answer::Desk;
use super::edge::edge;
use super::health::{Condition, Health};
use super::knowledge_pages::Interface;
use super::routes::{DiscoveryDocument, routes};
use crate::openapi;

/// How much a client may send, and how long it may take. The default is what the contract of the service promises.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Time for a whole body, from its first to its last byte.
    pub body_time: Duration,
    /// Time for the headers.
    pub header_time: Duration,
    /// Time that requests in flight get when the service stops.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 << 20,
            body_time: Duration::from_secs(10),
            header_time: Duration::from_secs(5),
            stop_time: Duration::from_secs(20),
        }
    }
}

/// The address of this server, as the start page prints it.
pub(super) struct Address(pub String);

/// A server that listens; it serves while [`Server::run`] is awaited.
pub struct Server {
    address: SocketAddr,
    running: actix_web::dev::Server,
    health: Arc<Health>,
}

impl Server {
    /// The address it listens on; where port 0 was asked for, the port it got.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` resolves; then says "not ready", accepts nothing more and finishes what is in flight.
    ///
    /// # Errors
    /// If the event loop cannot go on.
    pub async fn run(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let handle = self.running.handle();
        let ending = async {
            stop.await;
            self.health.set(Condition::Draining);
            handle.stop(true).await;
            // `run` ends with the server; this side never wins.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = self.running => ended,
            () = ending => Ok(()),
        }
    }
}

/// More threads than this would gain nothing: the database takes what fewer of them decide, and each holds connections.
const MOST_WORKERS: usize = 8;

/// Binds the server to `listener`, with one worker for each core, and lets each worker make its own `desk`. `discovery` is the
/// document of `GET /cds-services`. The caller has
/// made sure that the address is of the loopback network, since nothing is asked for a token.
///
/// # Errors
/// If the listener cannot be used.
pub fn start(
    listener: TcpListener,
    health: Arc<Health>,
    limits: Limits,
    discovery: String,
    desk: impl Fn() -> Desk + Clone + Send + 'static,
) -> io::Result<Server> {
    let address = listener.local_addr()?;
    let discovery = Data::new(DiscoveryDocument(Bytes::from(discovery)));
    let interface = Data::new(Interface::of(&openapi::document(&listed())));
    let state = Data::from(health.clone());
    let bounds = Data::new(limits);
    let shown = Data::new(Address(format!("http://{address}")));

    let server = HttpServer::new(move || {
        App::new()
            .wrap(middleware::from_fn(edge))
            .app_data(discovery.clone())
            .app_data(interface.clone())
            .app_data(state.clone())
            .app_data(bounds.clone())
            .app_data(Data::new(desk()))
            .app_data(shown.clone())
            .configure(routes)
    })
    .workers(std::thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS))
    .client_request_timeout(limits.header_time)
    // Time to read on after an early refusal, so that the client sees the reply and not a reset.
    .client_disconnect_timeout(Duration::from_secs(1))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(limits.stop_time.as_secs())
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Server { address, running: server, health })
}
