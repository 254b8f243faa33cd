//! `/metrics`, on a listener of its own: nobody who can only reach the service reads its figures.

use std::io;
use std::net::{SocketAddr, TcpListener};

use actix_web::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};

use super::error::ApiError;
use crate::metrics::Exposition;

/// The listener of the figures. It is one thread; scrapes come seconds apart.
pub struct MetricsServer {
    address: SocketAddr,
    running: actix_web::dev::Server,
}

impl MetricsServer {
    /// The address it listens on; where port 0 was asked for, the port it got.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until it is dropped, or until its event loop ends.
    ///
    /// # Errors
    /// If the event loop cannot go on.
    pub async fn run(self) -> io::Result<()> {
        self.running.await
    }
}

/// Binds `exposition` to `listener`.
///
/// # Errors
/// If the listener cannot be used.
pub fn serve_metrics(listener: TcpListener, exposition: Exposition) -> io::Result<MetricsServer> {
    let address = listener.local_addr()?;
    let exposition = Data::new(exposition);
    let app = move || {
        App::new()
            .app_data(exposition.clone())
            .route("/metrics", web::get().to(page))
            .default_service(web::to(|| async { ApiError::NotFound.reply() }))
    };
    let running = HttpServer::new(app).workers(1).shutdown_timeout(1).disable_signals().listen(listener)?.run();
    Ok(MetricsServer { address, running })
}

async fn page(exposition: Data<Exposition>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(Exposition::CONTENT_TYPE)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(exposition.page())
}
