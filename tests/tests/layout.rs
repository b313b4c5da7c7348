//! The map of the workspace, kept true: which crate may lean on which, and what must never be reachable from where.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Each member's direct dependencies, tests' and build scripts' left out.
fn direct() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().expect("cargo metadata runs");
    let normal = |package: &cargo_metadata::Package| {
        package.dependencies.iter().filter(|dep| dep.kind == DependencyKind::Normal).map(|dep| dep.name.clone()).collect()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), normal(package))).collect()
}

/// Everything a crate leans on, by way of the lock file.
fn reachable(from: &str) -> BTreeSet<String> {
    let lock: toml::Table = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file").parse().expect("TOML");
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name").to_owned();
        let dependencies = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        // "name" or "name version"; all versions of a crate count as one.
        let names = dependencies.filter_map(toml::Value::as_str).filter_map(|dep| dep.split(' ').next()).map(str::to_owned);
        graph.entry(name).or_default().extend(names);
    }
    graph.extend(direct());
    let mut seen = BTreeSet::new();
    let mut to_visit = vec![from.to_owned()];
    while let Some(name) = to_visit.pop() {
        for dependency in graph.get(&name).into_iter().flatten() {
            if seen.insert(dependency.clone()) {
                to_visit.push(dependency.clone());
            }
        }
    }
    seen
}

#[test]
fn crates_lean_only_on_whom_the_map_says() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("checkout-shared", &[] as &[&str]),
        ("checkout-core", &["checkout-shared"]),
        ("checkout-edge", &["checkout-core", "checkout-shared", "checkout-widget"]),
        ("checkout-widget", &["checkout-shared"]),
        ("checkout-tests", &["checkout-core", "checkout-shared", "checkout-widget"]),
    ]);
    let direct = direct();
    assert_eq!(direct.keys().map(String::as_str).collect::<Vec<_>>(), allowed.keys().copied().collect::<Vec<_>>());
    for (member, dependencies) in &direct {
        for dependency in dependencies.iter().filter(|dependency| dependency.starts_with("checkout-")) {
            assert!(allowed[member.as_str()].contains(&dependency.as_str()), "{member} must not lean on {dependency}");
        }
    }
}

#[test]
fn what_decides_about_money_knows_no_platform() {
    for decider in ["checkout-shared", "checkout-core"] {
        let reachable = reachable(decider);
        assert!(reachable.contains("serde"), "the walk works");
        for platform in ["worker", "web-sys", "js-sys", "wasm-bindgen", "reqwest", "hyper", "tokio", "getrandom", "rand"] {
            assert!(!reachable.contains(platform), "{decider} reaches {platform}");
        }
    }
}

#[test]
fn no_key_can_be_linked_into_the_widget() {
    let reachable = reachable("checkout-widget");
    assert!(reachable.contains("yew"), "the walk works");
    assert!(!reachable.contains("checkout-core") && !reachable.contains("hmac"));
}

#[test]
fn one_registry_is_where_everything_comes_from() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let sources: BTreeSet<&str> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
}
