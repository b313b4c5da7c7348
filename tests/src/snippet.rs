//! The loader under a name that says which one it is, and the lines of HTML by which a shop's page takes that one and no other: version and
//! hash in its name, so that browsers keep it for ever, and its checksum beside it, so that they run nothing else (W3C, Subresource
//! Integrity). The loader itself is `frontend/embed/edge-checkout.js`; the build calls this.

use crate::problem::{Doing, Outcome, Problem};
use crate::workspace;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256, Sha384};
use std::fs;
use std::path::Path;

/// The loader's name, before `.js` or whatever tells one from another.
const NAME: &str = "edge-checkout";
/// So many digits of the hash tell all loaders of a version apart.
const DIGITS: usize = 16;
/// Loaders of former builds that shops' pages still name, to be shipped as they are. Not there where nobody keeps any.
const KEPT: &str = "frontend/embed/kept";

/// A loader as a shop's page names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedLoader {
    /// Its path at the Worker.
    pub path: String,
    /// The value of `integrity`.
    pub integrity: String,
}

impl PinnedLoader {
    fn of(content: &[u8]) -> Self {
        let integrity = format!("sha384-{}", BASE64.encode(&Sha384::digest(content)));
        Self { path: format!("/embed/{}", name(content, env!("CARGO_PKG_VERSION"))), integrity }
    }

    /// The one that was built.
    pub fn built() -> Outcome<Self> {
        Ok(Self::of(&read(&workspace::root().join("dist/embed").join(format!("{NAME}.js")))?))
    }

    /// The element by which a page takes it from the Worker at this origin.
    #[must_use]
    pub fn script(&self, worker: &str) -> String {
        let Self { path, integrity } = self;
        format!("<script src=\"{worker}{path}\" integrity=\"{integrity}\" crossorigin=\"anonymous\" defer></script>")
    }
}

/// Puts the built loader into the directory once more, by the name that is its alone, and those that are kept; writes `snippet.html` beside
/// them and gives it back.
pub fn ship(embed: &Path) -> Outcome<String> {
    let content = read(&embed.join(format!("{NAME}.js")))?;
    write(&embed.join(name(&content, env!("CARGO_PKG_VERSION"))), &content)?;
    keep(&workspace::root().join(KEPT), embed)?;
    let script = PinnedLoader::of(&content).script(&public_url()?);
    let snippet = format!("{script}\n<edge-checkout order=\"{{order token}}\"></edge-checkout>\n");
    write(&embed.join("snippet.html"), snippet.as_bytes())?;
    Ok(snippet)
}

fn name(content: &[u8], version: &str) -> String {
    let hash = HEXLOWER.encode(&Sha256::digest(content));
    format!("{NAME}.{version}.{}.js", &hash[..DIGITS])
}

/// Copies former loaders. One whose name is not that of its content would be refused by every browser that was told its checksum.
fn keep(kept: &Path, embed: &Path) -> Outcome {
    if !kept.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(kept).doing(format_args!("listing {}", kept.display()))? {
        let entry = entry.doing("listing a directory")?;
        let (stated, content) = (entry.file_name().to_string_lossy().into_owned(), read(&entry.path())?);
        let version = stated.strip_prefix(NAME).and_then(|rest| rest.strip_prefix('.')).and_then(|rest| rest.rsplitn(3, '.').nth(2));
        if version.is_none_or(|version| name(&content, version) != stated) {
            return Err(Problem::new(format!("{KEPT}/{stated} is not what was once built under that name")));
        }
        write(&embed.join(stated), &content)?;
    }
    Ok(())
}

/// Where the Worker will be, as `wrangler.toml` says.
fn public_url() -> Outcome<String> {
    let settings = fs::read_to_string(workspace::root().join("wrangler.toml")).doing("reading wrangler.toml")?;
    let stated = settings.lines().find_map(|line| line.strip_prefix("PUBLIC_URL = \"")?.split('"').next());
    stated.map(|url| url.trim_end_matches('/').to_owned()).ok_or_else(|| Problem::new("wrangler.toml states no PUBLIC_URL"))
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).doing(format_args!("reading {}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Outcome {
    fs::write(path, content).doing(format_args!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_loader_by_its_hash_and_its_checksum() {
        let loader = PinnedLoader::of(b"alert('Hello, world.');");
        // The checksum is the one that the W3C's document has of this very script.
        assert_eq!(loader.integrity, "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO");
        assert!(loader.path.starts_with(&format!("/embed/edge-checkout.{}.", env!("CARGO_PKG_VERSION"))), "{}", loader.path);
        let script = loader.script("https://pay.shop.example");
        assert!(script.starts_with("<script src=\"https://pay.shop.example/embed/edge-checkout.") && script.contains(&loader.integrity));
        assert_ne!(PinnedLoader::of(b"other").path, loader.path);
    }

    #[test]
    fn former_loaders_are_kept_as_they_were() {
        let directory = workspace::target_directory("kept-loaders").unwrap();
        let (kept, embed) = (directory.join("kept"), directory.join("embed"));
        for fresh in [&kept, &embed] {
            let _ = fs::remove_dir_all(fresh);
        }
        assert!(keep(&kept, &embed).is_ok(), "nobody needs to keep any");
        fs::create_dir_all(&kept).unwrap();
        fs::create_dir_all(&embed).unwrap();
        let former = name(b"former", "0.0.9-beta.1");
        fs::write(kept.join(&former), "former").unwrap();
        keep(&kept, &embed).unwrap();
        assert_eq!(fs::read(embed.join(&former)).unwrap(), b"former");
        fs::write(kept.join(&former), "changed").unwrap();
        assert!(keep(&kept, &embed).unwrap_err().to_string().contains(&former));
    }

    #[test]
    fn the_snippet_is_for_the_worker_that_is_deployed() {
        assert!(public_url().unwrap().starts_with("https://"));
    }
}
