//! What the API takes and answers, for machines: `openapi.json` beside this crate, served as it is.

use crate::error::ApiResult;
use worker::Response;

/// `GET /openapi.json`
pub fn document() -> ApiResult<Response> {
    let response = Response::ok(include_str!("../openapi.json"))?;
    response.headers().set("content-type", "application/json")?;
    Ok(response)
}
