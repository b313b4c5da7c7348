//! What the page may do and who may show it, as headers: it runs its own script, talks to its own origin, and stands in the frames of the
//! shops alone. Its assets' headers are `frontend/_headers`.

use worker::Headers;

/// Sets the headers. `nonce` lets the page's own scripts and styles in.
pub fn set(headers: &Headers, nonce: &str, storefronts: &[String]) -> worker::Result<()> {
    headers.set("content-security-policy", &content_security_policy(nonce, storefronts))?;
    headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()")?;
    // A shop's page that is isolated from other origins shows only frames that say they may be shown and are isolated as well. Images of
    // another origin would need `credentialless` here, for few servers say of their images what `require-corp` asks for.
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    headers.set("cross-origin-embedder-policy", "require-corp")
}

fn content_security_policy(nonce: &str, storefronts: &[String]) -> String {
    let ancestors = if storefronts.is_empty() { "'none'".to_owned() } else { storefronts.join(" ") };
    [
        "default-src 'none'",
        &format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        &format!("style-src 'nonce-{nonce}'"),
        // The one place where another origin of images is let in.
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        &format!("frame-ancestors {ancestors}"),
    ]
    .join("; ")
}
