//! What a content network does between a server and its visitors: it compresses by brotli, at the quality Cloudflare's edge uses for what
//! it compresses itself. `wrangler dev` compresses nothing but what the Worker does, so the Worker is measured behind this, and the pages it
//! is compared with are served by the same. No TLS, no cache.

use super::network;
use crate::clock::Stopwatch;
use crate::problem::{Doing, Outcome};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::serve::Listener;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING, VARY};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::collections::HashMap;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Cloudflare's default; its other levels can be chosen by rules of a zone.
const QUALITY: u32 = 4;
/// Brotli's window, as in every encoder's defaults.
const WINDOW: u32 = 22;
/// The longest body that is passed on.
const LONGEST: usize = 16 * 1024 * 1024;
/// So much of a request's head is enough to see whether it is for a socket.
const HEAD: usize = 4096;

/// Something to serve.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its media type.
    pub kind: &'static str,
    /// What it says.
    pub body: Bytes,
}

/// Where what is served comes from.
enum Source {
    /// These, by path; anything else is for the last resort.
    Documents { documents: HashMap<String, Document>, otherwise: fn(&Method, &str) -> Option<Document> },
    /// A Worker at this origin.
    Worker { client: reqwest::Client, origin: String },
}

/// A server on a port of this machine, until it is dropped.
pub struct Delivery {
    inner: Arc<Inner>,
    tasks: [AbortHandle; 2],
}

struct Inner {
    source: Mutex<Arc<Source>>,
    /// How long the Worker took for each page, in milliseconds.
    taken: Mutex<Vec<i64>>,
}

impl Delivery {
    /// In front of a Worker.
    pub fn of_worker(listener: TcpListener, origin: &str) -> Outcome<Self> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().doing("making a client")?;
        let worker = origin.trim_start_matches("http://").to_owned();
        Ok(Self::open(listener, Source::Worker { client, origin: origin.to_owned() }, Some(worker)))
    }

    /// Of documents by their paths.
    #[must_use]
    pub fn of_documents(
        listener: TcpListener,
        documents: HashMap<String, Document>,
        otherwise: fn(&Method, &str) -> Option<Document>,
    ) -> Self {
        Self::open(listener, Source::Documents { documents, otherwise }, None)
    }

    fn open(listener: TcpListener, source: Source, worker: Option<String>) -> Self {
        let inner = Arc::new(Inner { source: Mutex::new(Arc::new(source)), taken: Mutex::default() });
        let (sender, receiver) = mpsc::channel(64);
        let address = listener.local_addr();
        let greeting = tokio::spawn(greet(listener, worker, sender)).abort_handle();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let serving = tokio::spawn(axum::serve(Greeted { receiver, address }, app).into_future()).abort_handle();
        Self { inner, tasks: [greeting, serving] }
    }

    /// Serves another document at a path, from now on.
    pub fn put(&self, path: &str, document: Document) {
        let mut source = lock(&self.inner.source);
        if let Source::Documents { documents, otherwise } = &**source {
            let mut documents = documents.clone();
            documents.insert(path.to_owned(), document);
            let otherwise = *otherwise;
            *source = Arc::new(Source::Documents { documents, otherwise });
        }
    }

    /// How long the Worker took for each page so far, in milliseconds.
    #[must_use]
    pub fn taken(&self) -> Vec<i64> {
        lock(&self.inner.taken).clone()
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets connections in: those for a socket go straight through to the Worker, the others wait to be served.
async fn greet(listener: TcpListener, worker: Option<String>, served: mpsc::Sender<(TcpStream, SocketAddr)>) {
    while let Ok((stream, from)) = listener.accept().await {
        let (worker, served) = (worker.clone(), served.clone());
        // Each on its own: browsers open connections that they say nothing on for a while.
        tokio::spawn(async move {
            match worker {
                Some(worker) if is_for_a_socket(&stream).await => pass_through(stream, &worker).await,
                // The server that would take it has ended.
                _ => drop(served.send((stream, from)).await),
            }
        });
    }
}

async fn is_for_a_socket(stream: &TcpStream) -> bool {
    let mut head = [0; HEAD];
    let read = stream.peek(&mut head).await.unwrap_or_default();
    String::from_utf8_lossy(&head[..read]).to_ascii_lowercase().contains("upgrade: websocket")
}

async fn pass_through(mut stream: TcpStream, worker: &str) {
    if let Ok(mut onwards) = TcpStream::connect(worker).await {
        // It ends when either side hangs up, however that is.
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut onwards).await;
    }
}

struct Greeted {
    receiver: mpsc::Receiver<(TcpStream, SocketAddr)>,
    address: io::Result<SocketAddr>,
}

impl Listener for Greeted {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        match self.receiver.recv().await {
            Some(connection) => connection,
            // Nobody greets any more: there will be no other.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.address.as_ref().copied().map_err(|error| error.kind().into())
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let compresses = takes_brotli(request.headers());
    let is_frame = request.headers().get("sec-fetch-dest").is_some_and(|wanted| wanted == "iframe");
    let arrived = Stopwatch::start();
    let source = Arc::clone(&lock(&inner.source));
    let fetched = match &*source {
        Source::Documents { documents, otherwise } => {
            let found = documents.get(request.uri().path()).cloned().or_else(|| otherwise(request.method(), request.uri().path()));
            Ok(found.map_or_else(not_found, served))
        }
        Source::Worker { client, origin } => {
            let is_page = request.uri().path().starts_with("/checkout");
            let fetched = fetch(client, origin, request).await;
            if is_page {
                lock(&inner.taken).push(i64::try_from(arrived.elapsed().as_millis()).unwrap_or(i64::MAX));
            }
            fetched
        }
    };
    let fetched = fetched.unwrap_or_else(|problem| told(StatusCode::BAD_GATEWAY, &problem.to_string()));
    let response = if compresses { compressed(fetched) } else { fetched };
    if is_frame {
        tokio::time::sleep(network::arrival(response.body().len()).saturating_sub(arrived.elapsed())).await;
    }
    response.map(Body::from)
}

fn served(document: Document) -> http::Response<Bytes> {
    let mut response = http::Response::new(document.body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(document.kind));
    response
}

fn not_found() -> http::Response<Bytes> {
    told(StatusCode::NOT_FOUND, "")
}

fn told(status: StatusCode, text: &str) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(text.to_owned()));
    *response.status_mut() = status;
    response
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT_ENCODING).is_some_and(|accepted| accepted.to_str().unwrap_or_default().contains("br"))
}

/// Asks the Worker the same.
async fn fetch(client: &reqwest::Client, origin: &str, request: Request) -> Outcome<http::Response<Bytes>> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LONGEST).await.doing("reading a request")?;
    let url = format!("{origin}{}", head.uri.path_and_query().map_or("/", |path| path.as_str()));
    let mut headers = head.headers;
    for own in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(own);
    }
    // What the Worker has compressed itself is passed on as it is. (For a browser that names gzip first, `wrangler dev` would make that of it.)
    let taken = if takes_brotli(&headers) { "br" } else { "identity" };
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(taken));
    let answer = client.request(head.method, url).headers(headers).body(body).send().await.doing("asking the Worker")?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = http::Response::new(answer.bytes().await.doing("reading the Worker's answer")?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    for own in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        response.headers_mut().remove(own);
    }
    Ok(response)
}

fn compressed(response: http::Response<Bytes>) -> http::Response<Bytes> {
    if !is_worth_it(response.headers()) || response.body().is_empty() {
        return response;
    }
    let (mut head, body) = response.into_parts();
    head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    head.headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    http::Response::from_parts(head, brotli(&body).into())
}

/// The kinds of what is loaded here that Cloudflare compresses.
fn is_worth_it(headers: &HeaderMap) -> bool {
    const KINDS: [&str; 7] =
        ["text/html", "text/css", "text/javascript", "application/javascript", "application/json", "application/wasm", "image/svg+xml"];
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    !headers.contains_key(CONTENT_ENCODING) && KINDS.contains(&kind.split(';').next().unwrap_or_default())
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), HEAD, QUALITY, WINDOW);
    // Writing to memory does not fail.
    let _ = writer.write_all(body);
    writer.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Document {
        Document { kind: "text/html; charset=utf-8", body: Bytes::from(text.repeat(200)) }
    }

    #[tokio::test]
    async fn documents_are_compressed_for_whoever_takes_it() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/page", listener.local_addr().unwrap());
        let delivery = Delivery::of_documents(listener, HashMap::new(), |_, _| None);
        let client = reqwest::Client::new();
        assert_eq!(client.get(&url).send().await.unwrap().status(), 404);
        delivery.put("/page", page("<p>words"));
        let plain = client.get(&url).send().await.unwrap();
        assert_eq!(plain.bytes().await.unwrap(), page("<p>words").body);
        let small = client.get(&url).header(ACCEPT_ENCODING, "gzip, br").send().await.unwrap();
        assert_eq!(small.headers()[CONTENT_ENCODING], "br");
        let small = small.bytes().await.unwrap();
        assert!(small.len() < 100, "{}", small.len());
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &small[..], &mut back).unwrap();
        assert_eq!(back, page("<p>words").body);
    }
}
