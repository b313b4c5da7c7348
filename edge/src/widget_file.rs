//! The widget's script and WASM, compressed as well as brotli can when they were built: a sixth smaller than what a network makes of them in
//! passing. They are told from other paths by their names, which carry a hash of what is in them. Everything else that is only a file is
//! served without waking the Worker (`wrangler.toml`, `frontend/_headers`).

use crate::error::{ApiError, ApiResult};
use crate::router::{Call, method_not_allowed};
use checkout_shared::error::ErrorCode;
use worker::js_sys::Reflect;
use worker::wasm_bindgen::JsValue;
use worker::{EncodeBody, Method, Request, Response};

/// What the build puts beside each file (`tests/src/assemble.rs`).
const COMPRESSED: &str = ".br";

/// Whether a path is one of them.
pub fn is_one(path: &str) -> bool {
    path.starts_with("/checkout-widget-") && !path.ends_with(COMPRESSED)
}

/// The file: compressed for whoever takes that, else as it is.
pub async fn serve(request: &Request, call: &Call) -> ApiResult<Response> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return Ok(method_not_allowed("GET, HEAD", call)?);
    }
    let (assets, path) = (call.env.assets("ASSETS")?, request.path());
    let is_small = takes_brotli(request);
    let file = assets.fetch(format!("https://assets{path}{}", if is_small { COMPRESSED } else { "" }), None).await?;
    // What is not there now, while another version is being deployed, may be there in a moment: its absence must not be kept for a year.
    if file.status_code() != 200 {
        return Err(ApiError::new(ErrorCode::NotFound, "There is no such file of the widget."));
    }
    Ok(kept(file, &path, is_small)?)
}

/// The platform asks us for brotli in everybody's name, and says beside it what the browser takes.
fn takes_brotli(request: &Request) -> bool {
    let property = |of: &JsValue, name| Reflect::get(of, &JsValue::from_str(name)).ok();
    let told = property(request.inner(), "cf")
        .and_then(|cf| property(&cf, "clientAcceptEncoding")?.as_string())
        .or_else(|| request.headers().get("accept-encoding").ok()?);
    told.is_some_and(|told| told.split(',').any(|one| one.trim() == "br"))
}

fn kept(file: Response, path: &str, is_small: bool) -> worker::Result<Response> {
    let headers = file.headers().clone();
    headers.set("content-type", if path.contains(".wasm") { "application/wasm" } else { "text/javascript; charset=utf-8" })?;
    headers.set("vary", "accept-encoding")?;
    headers.set("cache-control", "public, max-age=31536000, immutable")?;
    headers.set("cross-origin-resource-policy", "same-origin")?;
    if !is_small {
        return Ok(file.with_headers(headers));
    }
    headers.set("content-encoding", "br")?;
    Ok(file.with_headers(headers).with_encode_body(EncodeBody::Manual))
}
