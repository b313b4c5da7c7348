//! Paths, HTTP methods and parameters.

use crate::{DOCUMENT, at, objects, operations, parameters};
use checkout_core::ledger::{DeliveryFilter, Query, SessionFilter};
use checkout_core::records::ListQuery;
use checkout_shared::event::EventKind;
use checkout_shared::route::Route;
use serde_json::Value;
use std::collections::BTreeSet;

/// The text between two others.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from:?}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to:?} after {from:?}")).0
}

/// A path with its parameters' examples in it.
fn filled(path: &str, operation: &'static Value) -> String {
    let in_path = parameters(operation).filter(|parameter| parameter["in"] == "path");
    in_path.fold(path.to_owned(), |path, parameter| {
        let name = parameter["name"].as_str().unwrap();
        let example = parameter.get("example").unwrap_or_else(|| {
            let schema = at(parameter["schema"]["$ref"].as_str().unwrap().trim_start_matches('#'));
            schema.get("enum").unwrap_or(&schema["examples"]).get(0).unwrap_or_else(|| panic!("{name} has no example"))
        });
        let slot = format!("{{{name}}}");
        assert!(path.contains(&slot), "{path} has no {slot}");
        path.replace(&slot, example.as_str().unwrap())
    })
}

/// `View` of `View(…)`.
fn variant(route: &str) -> String {
    route.chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[test]
fn it_has_every_route_and_method_of_the_router_and_no_other() {
    let router = include_str!("../../../edge/src/router.rs");
    let arms = between(router, "match (&route, request.method()) {", "_ => ");
    let mut taken = BTreeSet::new();
    for arm in arms.split("(Route::").skip(1) {
        let methods = between(arm, ", Method::", ") =>");
        taken.extend(methods.split(" | Method::").map(|method| (variant(arm), method.to_ascii_lowercase())));
    }
    assert!(taken.len() > 20, "the router is read: {taken:?}");
    let documented: BTreeSet<_> = operations()
        .into_iter()
        .map(|(path, method, operation)| {
            let path = filled(path, operation);
            let route = Route::parse(&path).unwrap_or_else(|| panic!("{path} is no path of ours"));
            (variant(&format!("{route:?}")), method.to_owned())
        })
        .collect();
    assert_eq!(documented, taken);
}

/// One route may have two paths.
#[test]
fn it_has_every_path_that_is_read() {
    let read = include_str!("../../../shared/src/route.rs");
    let arms = between(read, "match segments.as_slice() {", "_ => None");
    let form = |segment: &str, is_literal: bool| if is_literal { segment.to_owned() } else { "{}".to_owned() };
    let known: BTreeSet<String> = arms
        .lines()
        .filter_map(|line| line.trim().strip_prefix('[')?.split_once(']'))
        .map(|(segments, _)| {
            let segments = segments.split(", ").map(|segment| form(segment.trim_matches('"'), segment.starts_with('"')));
            segments.fold(String::new(), |path, segment| format!("{path}/{segment}"))
        })
        .collect();
    let documented: BTreeSet<String> = DOCUMENT["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(|path| {
            let segments = path.split('/').skip(1).map(|segment| form(segment, !segment.starts_with('{')));
            segments.fold(String::new(), |path, segment| format!("{path}/{segment}"))
        })
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn every_operation_is_whole() {
    let mut ids = BTreeSet::new();
    let tags: Vec<&Value> = DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for (path, method, operation) in operations() {
        let of = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{of}: an id is used twice");
        assert!(operation["summary"].is_string(), "{of}");
        assert!(operation["tags"].as_array().unwrap().iter().all(|tag| tags.contains(&tag)), "{of}");
        let slots: BTreeSet<&str> = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect();
        let named = parameters(operation).filter(|parameter| parameter["in"] == "path" && parameter["required"] == true);
        assert_eq!(named.map(|parameter| parameter["name"].as_str().unwrap()).collect::<BTreeSet<_>>(), slots, "{of}");
        let success = match operation["operationId"].as_str() {
            Some("live") => "101",
            Some("chooseByForm") => "303",
            _ => "200",
        };
        assert!(operation["responses"][success].is_object(), "{of}");
        assert_eq!(operation.get("requestBody").is_some(), method == "post" && takes_a_body(path), "{of}");
    }
}

/// Whatever says all in its path takes none.
fn takes_a_body(path: &str) -> bool {
    !["/capture", "/cancel", "/resend"].iter().any(|end| path.ends_with(end))
}

#[test]
fn the_merchants_paths_and_no_others_need_the_merchant_key() {
    for (path, method, operation) in operations() {
        let is_open = operation.get("security").is_some_and(|security| security.as_array().unwrap().is_empty());
        let is_checked = operation["responses"]["401"]["$ref"] == "#/components/responses/Unauthorized";
        let is_merchants = operation["tags"][0] == "merchant";
        assert_eq!((is_open, is_checked), (!is_merchants, is_merchants), "{method} {path}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_nothing_is_left_over() {
    let mut used = BTreeSet::new();
    for (way, object) in objects(&DOCUMENT) {
        if let Some(reference) = object.get("$ref") {
            let reference = reference.as_str().unwrap();
            let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{way:?} leads out of the document"));
            assert!(DOCUMENT.pointer(pointer).is_some(), "{way:?}: {reference} leads nowhere");
            used.insert(reference.to_owned());
        }
    }
    for section in ["parameters", "responses", "pathItems", "schemas"] {
        for name in DOCUMENT["components"][section].as_object().unwrap().keys() {
            let reference = format!("#/components/{section}/{name}");
            assert!(used.contains(&reference), "nothing uses {reference}");
        }
    }
}

#[test]
fn the_webhooks_are_the_events() {
    let documented: BTreeSet<&str> = DOCUMENT["webhooks"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(documented, EventKind::ALL.iter().map(|kind| kind.as_str()).collect());
    let event = at("/components/pathItems/Event/post");
    let headers: Vec<_> = parameters(event).map(|header| (header["name"].as_str().unwrap(), header["in"].as_str().unwrap())).collect();
    assert_eq!(headers, ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| (name, "header")));
}

fn query(pointer: &str) -> Vec<(&'static str, &'static Value)> {
    let of = parameters(at(pointer)).filter(|parameter| parameter["in"] == "query");
    of.map(|parameter| (parameter["name"].as_str().unwrap(), parameter)).collect()
}

/// Something that fits a parameter.
fn value_of(parameter: &'static Value) -> String {
    let schema = crate::followed(&parameter["schema"]);
    let fits = parameter.get("example").or_else(|| schema["examples"].get(0)).map_or("1".to_owned(), |example| match example {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    if parameter["name"] == "cursor" { "MTc5NTI2MjQwMDAwMC5hYmM".to_owned() } else { fits }
}

const fn session_filter(filter: SessionFilter) -> &'static str {
    match filter {
        SessionFilter::Status => "status",
        SessionFilter::Reference => "reference",
        SessionFilter::Currency => "currency",
        SessionFilter::Search => "search",
        SessionFilter::CreatedFrom => "created_from",
        SessionFilter::CreatedTo => "created_to",
        SessionFilter::UpdatedFrom => "updated_from",
        SessionFilter::UpdatedTo => "updated_to",
    }
}

const fn delivery_filter(filter: DeliveryFilter) -> &'static str {
    match filter {
        DeliveryFilter::Session => "session",
        DeliveryFilter::State => "state",
        DeliveryFilter::Kind => "type",
    }
}

/// The parameters of an address, as they are read.
type Parameters = Vec<(String, String)>;

/// Every filter of a list is read from its documented name, and the last two parameters are those of its pages.
fn lists<F>(path: &str, read: impl Fn(Parameters) -> Option<Query<F>>, name: impl Fn(&F) -> &'static str, count: usize) {
    let documented = query(path);
    assert_eq!(documented.len(), count + 2, "{path}");
    let all = documented.iter().map(|(name, parameter)| ((*name).to_owned(), value_of(parameter))).collect();
    let query = read(all).unwrap_or_else(|| panic!("{path}: a documented parameter is not read"));
    assert!(query.after.is_some() && query.limit == 50, "{path}");
    let read: Vec<&str> = query.filters.iter().map(|(filter, _)| name(filter)).collect();
    assert_eq!(read, documented.iter().map(|(name, _)| *name).take(count).collect::<Vec<_>>(), "{path}");
}

#[test]
fn the_lists_filters_are_those_that_are_read() {
    lists("/paths/~1v1~1sessions/get", |all| Query::sessions(all).ok(), |filter| session_filter(*filter), 8);
    lists("/paths/~1v1~1deliveries/get", |all| Query::deliveries(all).ok(), |filter| delivery_filter(*filter), 3);
}

#[test]
fn the_filters_of_providers_lists_are_those_that_are_read() {
    let documented: BTreeSet<String> = query("/paths/~1v1~1payments/get").into_iter().map(|(name, _)| name.to_owned()).collect();
    let known = serde_json::to_value(ListQuery::default()).unwrap();
    let known: BTreeSet<String> = known.as_object().unwrap().keys().cloned().chain(["provider".to_owned()]).collect();
    assert_eq!(documented, known);
}
