//! What is shipped to browsers: no key, no provider, and what the loader promises.

use crate::client::{Edge, check};
use crate::{Story, Told, stories};
use checkout_shared::provider::ProviderId;
use checkout_shared::route::Route;
use checkout_tests::assemble::CANARY;
use checkout_tests::simulators;
use data_encoding::BASE64;
use libtest_mimic::Failed;
use sha2::{Digest, Sha384};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

stories! { Story:
    what_has_a_hash_in_its_name_is_kept_for_ever,
    the_widget_comes_as_small_as_brotli_can_make_it,
    no_key_and_no_provider_host_is_in_what_browsers_get,
    no_build_takes_a_secret_in,
    no_secret_of_the_run_is_in_any_page,
    the_loader_is_served_to_any_page,
    the_loader_of_the_snippet_is_the_one_it_says,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() { files(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

async fn no_key_and_no_provider_host_is_in_what_browsers_get(_: &Edge) -> Told {
    let wrangler = std::fs::read_to_string(root().join("wrangler.toml"))?;
    let addresses = wrangler.lines().filter_map(|line| line.split_once("_URL = \"https://")).map(|(_, address)| address);
    let hosts: Vec<&str> =
        addresses.filter_map(|address| address.split(['/', '"']).next()).filter(|host| !host.ends_with(".example")).collect();
    check(hosts.len() >= ProviderId::ALL.len(), format!("{hosts:?}"))?;
    let settings =
        ProviderId::ALL.iter().flat_map(|id| simulators::vendor(*id, &|_| String::new()).settings("")).map(|setting| setting.name);
    let headers = ["merchant_api_key", "api-key", "X-Auth"];
    let own = ["ORDER_SIGNING_KEY", "CLIENT_TOKEN_KEY", "MERCHANT_KEY"];
    let never: Vec<&str> = settings.chain(hosts).chain(headers).chain(own).collect();
    none_contains(&["dist", "frontend"], &never)
}

/// While everything was built, canaries stood in the environment under the names of the secrets.
async fn no_build_takes_a_secret_in(_: &Edge) -> Told {
    none_contains(&["dist", "edge/build"], &[CANARY])
}

fn none_contains(directories: &[&str], needles: &[&str]) -> Told {
    let mut shipped = Vec::new();
    for directory in directories {
        files(&root().join(directory), &mut shipped)?;
    }
    check(shipped.iter().any(|file| file.extension().is_some_and(|kind| kind == "wasm")), "it is built")?;
    for file in shipped {
        let content = std::fs::read(&file)?;
        for needle in needles {
            let found = content.windows(needle.len()).any(|window| window == needle.as_bytes());
            check(!found, format!("{needle} in {}", file.display()))?;
        }
    }
    Ok(())
}

async fn no_secret_of_the_run_is_in_any_page(edge: &Edge) -> Told {
    let opening = edge.open().await?;
    edge.choose(&opening, "USDT:tron").await?;
    let secrets = &edge.secrets;
    for path in [Route::Page(opening.capability.clone()), Route::View(opening.capability.clone()), Route::Health, Route::Methods] {
        let request = edge.http.get(format!("{}{path}", edge.url)).bearer_auth(&edge.secrets.merchant_key);
        let answer = request.send().await?;
        check(answer.status() == 200, format!("{path}: {}", answer.status()))?;
        let headers = format!("{:?}", answer.headers());
        let told = headers + &answer.text().await?;
        for secret in secrets.values() {
            check(!told.contains(secret), &path)?;
        }
        for id in ProviderId::ALL {
            check(!told.contains(edge.simulator(*id)), format!("{path} names the host of {id}"))?;
        }
    }
    Ok(())
}

async fn the_loader_is_served_to_any_page(edge: &Edge) -> Told {
    let answer = edge.get("/embed/edge-checkout.js").await?;
    check(answer.status() == 200, answer.status())?;
    let kind = answer.headers()["content-type"].to_str()?.to_owned();
    check(kind.contains("javascript"), &kind)?;
    check(answer.headers()["access-control-allow-origin"] == "*", "modules are fetched with CORS")?;
    check(answer.text().await?.contains("edge-checkout"), "it defines the element")
}

async fn the_loader_of_the_snippet_is_the_one_it_says(edge: &Edge) -> Told {
    let snippet = std::fs::read_to_string(root().join("dist/embed/snippet.html"))?;
    let attribute =
        |name: &str| snippet.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value);
    let (src, integrity) = attribute("src").zip(attribute("integrity")).ok_or("a script with a checksum")?;
    check(attribute("crossorigin") == Some("anonymous"), "without CORS there is no checking")?;
    let path = src.find("/embed/").map(|at| &src[at..]).ok_or_else(|| src.to_owned())?;
    let answer = edge.get(path).await?;
    check(answer.status() == 200, format!("{path}: {}", answer.status()))?;
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    check(header("content-type").contains("javascript"), header("content-type"))?;
    check(header("cache-control") == "public, max-age=31536000, immutable", header("cache-control"))?;
    check(header("access-control-allow-origin") == "*", "a checksum is checked of what CORS lets be read")?;
    check(header("cross-origin-resource-policy") == "cross-origin", "a page that is isolated may load it")?;
    let served = answer.bytes().await?;
    check(format!("sha384-{}", BASE64.encode(&Sha384::digest(&served))) == integrity, "it is another one")?;
    let plain = edge.get("/embed/edge-checkout.js").await?;
    check(plain.headers()["cache-control"] == "public, max-age=300", "the plain name stands for whatever is deployed")?;
    check(plain.bytes().await? == served, "and now that is the same")
}

/// The paths of what the page loads that has a hash in its name.
async fn hashed(edge: &Edge) -> Result<BTreeSet<String>, Failed> {
    let page = edge.get(Route::Enter).await?.text().await?;
    let words = page.split(['"', '\'', '=', ' ', '>']).filter(|word| word.starts_with("/checkout-"));
    Ok(words.map(str::to_owned).collect())
}

async fn what_has_a_hash_in_its_name_is_kept_for_ever(edge: &Edge) -> Told {
    let hashed = hashed(edge).await?;
    check(hashed.len() == 2, format!("script and WebAssembly: {hashed:?}"))?;
    for path in hashed {
        let answer = edge.get(&path).await?;
        let cache = answer.headers().get("cache-control").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        check(answer.status() == 200 && cache.contains("immutable"), format!("{path}: {} {cache}", answer.status()))?;
    }
    Ok(())
}

async fn the_widget_comes_as_small_as_brotli_can_make_it(edge: &Edge) -> Told {
    // `wrangler dev` prefers what is named first and compresses anew for it; Cloudflare leaves alone what the Worker has compressed.
    const TAKEN: [(&str, bool); 4] = [("br, gzip", true), ("br;q=0, gzip", false), ("gzip", false), ("identity", false)];
    let hashed = hashed(edge).await?;
    check(hashed.len() == 2, format!("script and WebAssembly: {hashed:?}"))?;
    let gone = edge.get("/checkout-widget-0000000000000000_bg.wasm").await?;
    let cache = gone.headers().get("cache-control").and_then(|value| value.to_str().ok());
    check(gone.status() == 404 && cache == Some("no-store"), format!("another version's: {} {cache:?}", gone.status()))?;
    for path in hashed {
        let whole = std::fs::read(root().join("dist").join(&path[1..]))?;
        let small = std::fs::read(root().join("dist").join(format!("{}.br", &path[1..])))?;
        for (accepted, is_small) in TAKEN {
            let answer = edge.http.get(format!("{}{path}", edge.url)).header("accept-encoding", accepted).send().await?;
            let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            let (kind, encoding, cache) = (header("content-type"), header("content-encoding"), header("cache-control"));
            let kinds = if path.contains(".wasm") { "application/wasm" } else { "text/javascript" };
            check(answer.status() == 200 && kind.starts_with(kinds) && cache.contains("immutable"), format!("{path}: {kind}, {cache}"))?;
            check((encoding == "br") == is_small, format!("{path} for {accepted}: {encoding:?}"))?;
            let sent = answer.bytes().await?;
            if is_small {
                let mut opened = Vec::new();
                brotli::BrotliDecompress(&mut &sent[..], &mut opened)?;
                check(opened == whole && sent == small, format!("{path}: {} of {} B", sent.len(), whole.len()))?;
            } else if encoding.is_empty() {
                check(sent == whole, format!("{path} for {accepted} is another file"))?;
            }
        }
    }
    Ok(())
}
