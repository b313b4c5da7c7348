//! Requests to a vendor's API: only to the host that is configured, over https, with the key in a header that no log shows.

use crate::provider::ProviderError;
use crate::secret::Secret;
use crate::step::OnlyAsks;
use bytes::Bytes;
use checkout_shared::money::Amount;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;
use url::{Host, Url};

/// Where a vendor's API is.
#[derive(Clone, Debug)]
pub(super) struct Endpoint(Url);

impl Endpoint {
    /// An https URL without credentials, query or fragment; plain http on loopback only, where a simulator runs.
    pub(super) fn new(base_url: &str) -> Option<Self> {
        let base = Url::parse(base_url).ok()?;
        let nothing_more = base.username().is_empty() && base.password().is_none() && base.query().is_none() && base.fragment().is_none();
        (nothing_more && (base.scheme() == "https" || is_loopback_http(&base))).then_some(Self(base))
    }

    /// A page of the vendor's that customers may be sent to: https, or the API's own scheme where that is a simulator's.
    pub(super) fn page(&self, url: &str) -> Option<String> {
        Url::parse(url).ok().filter(|url| url.scheme() == "https" || url.scheme() == self.0.scheme()).map(Into::into)
    }

    /// A path below the base URL; the segments are escaped, so none can leave its place. One that means a step along the path, or none
    /// at all, would lead to another call and is refused.
    pub(super) fn url(&self, segments: &[&str]) -> Result<Url, ProviderError> {
        if segments.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(ProviderError::refused("reference", "cannot be one"));
        }
        let mut url = self.0.clone();
        url.path_segments_mut().map_err(|()| unsendable("the base URL takes no path"))?.pop_if_empty().extend(segments);
        Ok(url)
    }
}

/// A request without a body.
pub(super) fn get(url: &Url) -> Result<http::Request<Bytes>, ProviderError> {
    request(Method::GET, url, Bytes::new())
}

/// A request with a body of JSON.
pub(super) fn post_json(url: &Url, body: &impl Serialize) -> Result<http::Request<Bytes>, ProviderError> {
    let body = serde_json::to_vec(body).map_err(|_| unsendable("the body cannot be written"))?;
    post(url, "application/json", body.into())
}

/// A request with a body of any type.
pub(super) fn post(url: &Url, content_type: &'static str, body: Bytes) -> Result<http::Request<Bytes>, ProviderError> {
    let mut request = request(Method::POST, url, body)?;
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Ok(request)
}

/// Marks a request that changes nothing although it is no GET.
pub(super) fn only_asking(mut request: http::Request<Bytes>) -> http::Request<Bytes> {
    request.extensions_mut().insert(OnlyAsks);
    request
}

fn request(method: Method, url: &Url, body: Bytes) -> Result<http::Request<Bytes>, ProviderError> {
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.as_str().parse().map_err(|_| unsendable("the URL is too long"))?;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(request)
}

/// Puts a key, or something made with it, into a header that `Debug` does not show.
pub(super) fn with_key(mut request: http::Request<Bytes>, header: &'static str, key: &str) -> Result<http::Request<Bytes>, ProviderError> {
    let mut value = HeaderValue::from_str(key).map_err(|_| unsendable("the key cannot stand in a header"))?;
    value.set_sensitive(true);
    request.headers_mut().insert(header, value);
    Ok(request)
}

/// Whether a key can stand in a header; an empty one would make every signature forgeable.
pub(super) fn is_usable(key: &Secret) -> bool {
    !key.expose().is_empty() && key.expose().bytes().all(|byte| byte.is_ascii_graphic())
}

/// An amount as a JSON number, digit by digit.
pub(super) fn number(amount: Amount) -> Result<Box<RawValue>, ProviderError> {
    RawValue::from_string(amount.to_string()).map_err(|_| unsendable("the amount is not a number"))
}

/// Nothing is sent, because it cannot be.
pub(super) fn unsendable(reason: &str) -> ProviderError {
    ProviderError::NotSent { reason: reason.to_owned() }
}

/// Where a simulator runs. Anywhere else plain http would show the key to the network.
fn is_loopback_http(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && loopback
}
