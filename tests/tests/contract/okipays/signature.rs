//! The signature, one stage after the other, so that a failure says which stage is broken: first the values in their order, then the
//! digest. The adapter's code and the simulator's are held against the same texts, and share none.

use super::world::text;
use checkout_core::providers::okipays::signature as adapters;
use checkout_core::secret::Secret;
use checkout_tests::simulators::okipays::signature as simulators;
use proptest::prelude::*;
use serde_json::Value;

const SECRET: &str = "secret";
const STAGES: [&str; 3] = ["signature-example", "signature-order-create", "signature-order-get"];

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

#[test]
fn the_first_stage_is_the_values_in_the_order_of_their_sorted_keys() {
    for name in STAGES {
        let (body, values) = (text(&format!("{name}.json")), text(&format!("{name}.values.txt")));
        assert_eq!(adapters::values(body.as_bytes()).as_deref(), Some(values.trim_end()), "{name}");
        assert_eq!(simulators::values(&parsed(&body)), values.trim_end(), "{name}");
    }
}

#[test]
fn the_second_stage_is_the_digest_over_them_and_the_secret() {
    for name in STAGES {
        let (body, digest) = (text(&format!("{name}.json")), text(&format!("{name}.digest.txt")));
        assert_eq!(adapters::sign(body.as_bytes(), &Secret::new(SECRET)).as_deref(), Some(digest.trim_end()), "{name}");
        assert_eq!(simulators::signature(&parsed(&body), SECRET), digest.trim_end(), "{name}");
    }
}

/// The vendor writes its sample before and after sorting; both are one to the signature. It is not JSON: its text is in single quotes.
#[test]
fn the_order_in_which_a_body_is_written_does_not_matter() {
    let sample = text("sample-signature.txt");
    assert_eq!(adapters::sign(sample.as_bytes(), &Secret::new(SECRET)), None);
    let before = sample.replace('\'', "\"");
    let after = r#"{"a":{"a":"param_A","d":"param_D"},"b":"param_B","c":"param_C","request_id":123}"#;
    let [before, after] = [before.as_str(), after].map(|body| adapters::sign(body.as_bytes(), &Secret::new(SECRET)));
    assert_eq!((before.as_deref(), &before), (Some(text("signature-example.digest.txt").trim_end()), &after));
}

/// Bodies as they can be sent, and as callbacks are: text, whole numbers, nothing, one in another.
fn any_body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "-?[1-9][0-9]{0,5}\\.(0|00|25|5|50|75)".prop_map(|fraction| serde_json::from_str(&fraction).unwrap()),
    ];
    leaf.prop_recursive(4, 40, 12, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..12).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn adapter_and_simulator_sign_alike(body in any_body(), secret in "[!-~]{1,40}") {
        let written = body.to_string();
        prop_assert_eq!(adapters::values(written.as_bytes()), Some(simulators::values(&body)));
        prop_assert_eq!(adapters::sign(written.as_bytes(), &Secret::new(secret.as_str())), Some(simulators::signature(&body, &secret)));
    }
}
