//! What the page may do and who may show it, as headers: it runs its own script, talks to its own origin, and stands in the frames of the
//! shops alone. Its files' headers are `widget_file.rs`'s and `frontend/_headers`.

use checkout_core::config::Config;
use url::{Origin, Url};
use worker::Headers;

/// Sets the headers. `nonce` lets the page's own scripts and styles in.
pub fn set(headers: &Headers, nonce: &str, config: &Config) -> worker::Result<()> {
    headers.set("content-security-policy", &content_security_policy(nonce, config))?;
    headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()")?;
    // A shop's page that is isolated from other origins shows only frames that say they may be shown and are isolated as well. The shop's
    // sign must therefore say of itself that any page may show it, or be a `data:` URL; `credentialless`, which asks for less, is not
    // understood by every browser, and in those the frame would stay empty.
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    headers.set("cross-origin-embedder-policy", "require-corp")
}

fn content_security_policy(nonce: &str, config: &Config) -> String {
    let storefronts = &config.storefront_origins;
    let ancestors = if storefronts.is_empty() { "'none'".to_owned() } else { storefronts.join(" ") };
    // The one other origin that anything is shown from.
    let logo = config.merchant_logo.as_ref().map(Url::origin).filter(Origin::is_tuple);
    let logo = logo.map_or_else(String::new, |origin| format!(" {}", origin.ascii_serialization()));
    [
        "default-src 'none'",
        &format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        &format!("style-src 'nonce-{nonce}'"),
        &["img-src 'self' data:", &logo].concat(),
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        &format!("frame-ancestors {ancestors}"),
    ]
    .join("; ")
}
