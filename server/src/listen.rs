//! From the socket to the router: connections, with TLS or without, HTTP/2 or 1.1, and an orderly end.

use crate::tls::Certificates;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// Connections at once. Each costs a file and some memory; who comes later waits in the kernel's queue.
const CONNECTIONS: usize = 4096;
/// A client that has not finished its handshake, or the head of its request, after so long is gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// Requests of one HTTP/2 connection at once.
const STREAMS: u32 = 64;
/// How long answers that are under way may take once the process was told to stop.
const LINGER: Duration = Duration::from_secs(10);

/// Who is at the other end of the connection: a browser or, behind a proxy, the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Answers connections until `stop`, then lets what is under way end.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Certificates>>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let (rooms, connections) = (Arc::new(Semaphore::new(CONNECTIONS)), GracefulShutdown::new());
    let mut stop = pin!(stop);
    loop {
        let room = tokio::select! { room = rooms.clone().acquire_owned() => room, () = &mut stop => break };
        let (stream, peer) = tokio::select! { accepted = accept(&listener) => accepted, () = &mut stop => break };
        let (tls, router, watcher) = (tls.clone(), router.clone(), connections.watcher());
        tokio::spawn(async move {
            greet(stream, peer, tls, router, watcher).await;
            drop(room);
        });
    }
    drop(listener);
    if tokio::time::timeout(LINGER, connections.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time and were cut");
    }
}

/// The next connection. Out of files, say, it waits a second instead of spinning.
async fn accept(listener: &TcpListener) -> (TcpStream, Peer) {
    loop {
        match listener.accept().await {
            // An IPv4 client of a dual-stack socket is that client.
            Ok((stream, addr)) => return (stream, Peer(addr.ip().to_canonical())),
            Err(error) if is_the_clients(&error) => (),
            Err(error) => {
                tracing::error!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn is_the_clients(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn greet(stream: TcpStream, peer: Peer, tls: Option<Arc<Certificates>>, router: Router, watcher: Watcher) {
    // Answers are small and whole: waiting to fill a packet would only delay them.
    drop(stream.set_nodelay(true));
    let Some(tls) = tls else { return talk(stream, peer, router, watcher).await };
    match tokio::time::timeout(PATIENCE, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => talk(stream, peer, router, watcher).await,
        Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
}

async fn talk<S>(stream: S, peer: Peer, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PATIENCE).max_concurrent_streams(STREAMS);
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error, "a connection ended early");
    }
}
