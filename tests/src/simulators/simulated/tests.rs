//! Everything that surrounds a vendor, around a vendor with next to nothing inside.

use super::*;
use checkout_shared::money::Amount;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Keeps what it is sent at `/notes` as payments of 10 USD, tells of each, and takes two requests at once.
#[derive(Debug, Default)]
struct Notebook {
    payments: Vec<PaymentSummary>,
    told: usize,
    acknowledged: usize,
    advanced_to: Timestamp,
}

impl Notebook {
    fn payment(&mut self, reference: &str) -> Option<&mut PaymentSummary> {
        self.payments.iter_mut().find(|payment| payment.reference == reference)
    }
}

impl Vendor for Notebook {
    fn name(&self) -> &'static str {
        "Note<book>"
    }

    fn settings(&self, origin: &str) -> Vec<Setting> {
        vec![Setting::plain("NOTEBOOK_URL", origin)]
    }

    fn locate(&mut self, _: &str, _: &str) {}

    fn settle_every(&mut self, _: Millis) {}

    fn answer(&mut self, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        if request.method() == Method::POST {
            let word = String::from_utf8_lossy(request.body()).into_owned();
            self.payments.push(PaymentSummary {
                reference: format!("n{}", self.payments.len() + 1),
                merchant_reference: word,
                kind: "note".to_owned(),
                status: "open".to_owned(),
                amount: Amount(10.into()),
                currency: "USD".to_owned(),
                pay_currency: "USD".to_owned(),
                network: String::new(),
                address: "<script>".to_owned(),
                pay_amount: Amount(10.into()),
                received: Amount::default(),
                due: Amount(10.into()),
                created_at: now,
                expires_at: now + Millis::minutes(60),
                success_url: "https://shop.example/thanks?a=1&b=2".to_owned(),
                cancel_url: "https://shop.example/cart".to_owned(),
            });
        }
        Response::new(Bytes::from(format!("{} notes", self.payments.len())))
    }

    fn advance(&mut self, now: Timestamp) {
        self.advanced_to = now;
    }

    fn payments(&self) -> Vec<PaymentSummary> {
        self.payments.clone()
    }

    fn act(&mut self, reference: &str, action: Action, _: Timestamp) -> Result<(), Impossible> {
        let payment = self.payment(reference).ok_or(Impossible::NoSuchPayment)?;
        let status = match action {
            Action::Exact | Action::Rest if payment.status != "paid" => "paid",
            Action::Half => "part",
            Action::Cancel => "cancelled",
            _ => return Err(Impossible::NotNow),
        };
        let received = match status {
            "paid" => 10,
            "part" => 5,
            _ => 0,
        };
        status.clone_into(&mut payment.status);
        payment.received = Amount(received.into());
        payment.due = Amount((10 - received).into());
        Ok(())
    }

    fn page_actions(&self, reference: &str) -> Vec<Action> {
        let payment = self.payments.iter().find(|payment| payment.reference == reference);
        match payment.map(|payment| payment.status.as_str()) {
            Some("open") => vec![Action::Exact, Action::Half, Action::Cancel],
            Some("part") => vec![Action::Rest],
            _ => Vec::new(),
        }
    }

    fn notifications(&mut self) -> Vec<Request<Bytes>> {
        let new = self.payments[self.told..].iter().map(|payment| Request::new(Bytes::from(payment.merchant_reference.clone())));
        let new = new.collect();
        self.told = self.payments.len();
        new
    }

    fn acknowledged(&mut self, _: &Request<Bytes>, answer: &Response<Bytes>, _: Timestamp) -> bool {
        let is_good = answer.body() == "noted";
        self.acknowledged += usize::from(is_good);
        is_good
    }

    fn retry_waits(&self) -> &'static [Millis] {
        const { &[Millis::minutes(1)] }
    }

    fn most_at_once(&self) -> Option<u32> {
        Some(2)
    }

    fn broken(&self) -> Response<Bytes> {
        status(500, "torn")
    }

    fn rate_limited(&self) -> Response<Bytes> {
        status(429, "slower")
    }
}

fn status(status: u16, body: &'static str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap()
}

fn simulated() -> Simulated {
    Simulated::new(Box::<Notebook>::default())
}

fn request(method: &str, path: &str, body: &str) -> Request<Bytes> {
    Request::builder().method(method).uri(path).body(Bytes::from(body.to_owned())).unwrap()
}

fn note(simulated: &mut Simulated, body: &str) -> Response<Bytes> {
    simulated.handle(request("POST", "/notes", body), NOW)
}

fn control(simulated: &mut Simulated, method: &str, path: &str, body: &str) -> (u16, Value) {
    let answer = simulated.handle(request(method, path, body), NOW);
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
}

fn page(simulated: &mut Simulated, method: &str, path: &str) -> (u16, String, String) {
    let answer = simulated.handle(request(method, path, ""), NOW);
    let location = answer.headers().get("location").map_or("", |location| location.to_str().unwrap()).to_owned();
    (answer.status().as_u16(), location, String::from_utf8(answer.body().to_vec()).unwrap())
}

#[test]
fn faults_befall_the_calls_of_their_path_in_order_and_as_often_as_told() {
    let mut simulated = simulated();
    let arm = |simulated: &mut Simulated, kind, path: &str, times| simulated.arm(Fault::new(kind, path, times));
    arm(&mut simulated, FaultKind::Status500, "/notes", 2);
    arm(&mut simulated, FaultKind::Html, "/notes", 1);
    arm(&mut simulated, FaultKind::RateLimited, "/other", 1);
    let statuses: Vec<u16> = (0..4).map(|_| note(&mut simulated, "a").status().as_u16()).collect();
    assert_eq!(statuses, [500, 500, 502, 200]);
    assert_eq!(simulated.vendor::<Notebook>().payments.len(), 1, "nothing was done while it was broken");
    let limited = simulated.handle(request("GET", "/other/path", ""), NOW);
    assert_eq!((limited.status(), limited.headers()["retry-after"].as_bytes()), (StatusCode::TOO_MANY_REQUESTS, b"2".as_slice()));
}

#[test]
fn the_work_is_done_where_only_the_answer_is_lost() {
    let mut simulated = simulated();
    for kind in [FaultKind::TimeoutAfterWork, FaultKind::Truncate] {
        simulated.arm(Fault::new(kind, "", 1));
    }
    assert!(note(&mut simulated, "a").extensions().get::<LostAnswer>().is_some());
    assert_eq!(note(&mut simulated, "b").body(), "2 n");
    assert_eq!(simulated.payments("").len(), 2);
}

#[test]
fn a_fault_of_one_order_befalls_nothing_else() {
    let mut simulated = simulated();
    let about = |kind, path: &str| Fault { containing: "mine".to_owned(), ..Fault::new(kind, path, 1) };
    simulated.arm(about(FaultKind::Status500, "/notes"));
    simulated.arm(about(FaultKind::Html, ""));
    simulated.arm(about(FaultKind::Lose, ""));
    assert_eq!(note(&mut simulated, "another").status(), 200);
    assert_eq!(note(&mut simulated, "it is mine").status(), 500);
    assert_eq!(simulated.handle(request("GET", "/notes?of=mine", ""), NOW).status(), 502, "a path says whose it is, too");
    for body in ["mine", "mine again"] {
        assert_eq!(note(&mut simulated, body).status(), 200);
    }
    let sent: Vec<Bytes> = simulated.due_webhooks(NOW).into_iter().map(|delivery| delivery.request.into_body()).collect();
    assert_eq!(sent, ["another", "mine again"]);
}

#[test]
fn disarmed_faults_befall_nothing() {
    let mut simulated = simulated();
    simulated.arm(Fault::new(FaultKind::Status500, "", 9));
    assert_eq!(control(&mut simulated, "DELETE", "/control/faults", "").0, 200);
    assert_eq!(note(&mut simulated, "a").status(), 200);
}

fn hold(simulated: &mut Simulated, kind: FaultKind) -> (Held, Request<Bytes>) {
    simulated.arm(Fault::new(kind, "", 1));
    let held = request("POST", "/notes", "a");
    let response = simulated.handle(held.clone(), NOW);
    (*response.extensions().get::<Held>().expect("it is held"), held)
}

#[test]
fn a_held_call_has_done_its_work_or_not_and_is_answered_when_released() {
    for (kind, done, work, status, done_then) in [
        (FaultKind::HoldBeforeWork, 0, "true", 200, 1),
        (FaultKind::HoldBeforeWork, 0, "false", 502, 0),
        (FaultKind::HoldAfterWork, 1, "true", 200, 1),
        (FaultKind::HoldAfterWork, 1, "false", 200, 1),
    ] {
        let mut simulated = simulated();
        let (held, request) = hold(&mut simulated, kind);
        assert_eq!((simulated.payments("").len(), simulated.requests().len()), (done, 1), "{kind:?}");
        assert_eq!(control(&mut simulated, "GET", "/control/held", ""), (200, json!(["/notes"])));
        assert!(simulated.let_go(held, &request, NOW).is_none(), "not released");
        assert_eq!(control(&mut simulated, "POST", "/control/release", &format!("{{\"work\":{work}}}")).0, 200);
        assert!(simulated.held().is_empty());
        assert_eq!(simulated.let_go(held, &request, NOW).unwrap().status(), status, "{kind:?} {work}");
        assert!(simulated.let_go(held, &request, NOW).is_none(), "once");
        assert_eq!(simulated.payments("").len(), done_then, "{kind:?} {work}");
    }
    assert_eq!(control(&mut simulated(), "POST", "/control/release", "{}").0, 400);
}

#[test]
fn a_slow_answer_is_a_good_one_marked_as_slow() {
    let mut simulated = simulated();
    simulated.arm(Fault::new(FaultKind::Slow, "", 1));
    let response = note(&mut simulated, "a");
    assert!(response.extensions().get::<SlowAnswer>().is_some() && response.body() == "1 notes");
}

#[test]
fn what_is_asked_on_the_vendors_paths_is_logged_and_nothing_else() {
    let mut simulated = simulated();
    let asked = Request::builder().method("POST").uri("/notes?x=1").header("X-Key", "secret").body(Bytes::from_static(b"a")).unwrap();
    simulated.handle(asked, NOW);
    simulated.handle(request("GET", "/pay/n1", ""), NOW);
    let (_, log) = control(&mut simulated, "GET", "/control/requests", "");
    let logged = json!({"at": NOW.0, "method": "POST", "path": "/notes?x=1", "headers": {"x-key": "secret"}, "body": "a"});
    assert_eq!(log, json!([logged]));
}

#[test]
fn more_at_once_than_the_vendor_bears_are_turned_away() {
    let mut simulated = simulated();
    let call = || request("GET", "/notes", "");
    let first = simulated.enter(&call(), NOW).unwrap();
    let _second = simulated.enter(&call(), NOW).unwrap();
    let refused = simulated.enter(&call(), NOW).unwrap_err();
    assert_eq!((refused.status(), refused.body().as_ref()), (StatusCode::TOO_MANY_REQUESTS, b"slower".as_slice()));
    for beside in ["/control/payments", "/pay/n1"] {
        let entered = simulated.enter(&request("GET", beside, ""), NOW).expect("pages and control are not the vendor's API");
        simulated.leave(entered);
    }
    simulated.leave(first);
    let third = simulated.enter(&call(), NOW).expect("there is room again");
    simulated.leave(third);
    assert_eq!((simulated.most_in_flight(), simulated.turned_away(), simulated.requests().len()), (3, 1, 1));
}

#[test]
fn notifications_are_sent_again_until_they_are_answered_well() {
    let mut simulated = simulated();
    note(&mut simulated, "a");
    let first = simulated.due_webhooks(NOW);
    assert_eq!((first.len(), first[0].request.body().as_ref()), (1, b"a".as_slice()));
    assert!(simulated.due_webhooks(NOW + Millis::hours(1)).is_empty(), "its answer is awaited");
    simulated.webhook_answered(first[0].id, None, NOW);
    assert!(simulated.due_webhooks(NOW + Millis::seconds(59)).is_empty());
    let later = NOW + Millis::minutes(1);
    let again = simulated.due_webhooks(later);
    assert_eq!(again[0].id, first[0].id);
    let sent: Vec<(Timestamp, &[u8])> = simulated.sent().iter().map(|sent| (sent.at, sent.body.as_ref())).collect();
    assert_eq!(sent, [(NOW, b"a".as_slice()), (later, b"a")], "every try of its own");
    simulated.webhook_answered(again[0].id, Some(&status(200, "noted")), later);
    simulated.webhook_answered(again[0].id, Some(&status(200, "noted")), later);
    assert_eq!(simulated.vendor::<Notebook>().acknowledged, 1, "an answer to nothing is nobody's");
    assert!(simulated.due_webhooks(later + Millis::hours(24)).is_empty());
}

#[test]
fn faults_of_webhooks_befall_webhooks_and_those_of_calls_calls() {
    let mut simulated = simulated();
    simulated.arm(Fault::new(FaultKind::Reorder, "", 1));
    assert_eq!(note(&mut simulated, "a").status(), StatusCode::OK);
    assert!(simulated.due_webhooks(NOW).is_empty());
    note(&mut simulated, "b");
    let order: Vec<Bytes> = simulated.due_webhooks(NOW).into_iter().map(|delivery| delivery.request.into_body()).collect();
    assert_eq!(order, ["b", "a"]);
}

#[test]
fn payments_faults_and_latency_are_controlled_over_http() {
    let mut simulated = simulated();
    note(&mut simulated, "mine-1");
    note(&mut simulated, "other-1");
    let (_, mine) = control(&mut simulated, "GET", "/control/payments?reference_prefix=mine", "");
    assert_eq!((mine.as_array().unwrap().len(), &mine[0]["reference"], &mine[0]["amount"]), (1, &json!("n1"), &json!("10")));
    let (code, paid) = control(&mut simulated, "POST", "/control/payments/n1/exact", "");
    assert_eq!((code, &paid["status"], &paid["due"]), (200, &json!("paid"), &json!("0")));
    for (path, expected) in [("n1/exact", 409), ("n1/dance", 404), ("n9/exact", 404)] {
        assert_eq!(control(&mut simulated, "POST", &format!("/control/payments/{path}"), "").0, expected, "{path}");
    }
    assert_eq!(control(&mut simulated, "POST", "/control/latency", r#"{"ms":50}"#).0, 200);
    assert_eq!(simulated.latency(), Millis(50));
    assert_eq!(control(&mut simulated, "POST", "/control/faults", r#"{"kind":"status_500","path":"/notes"}"#).0, 200);
    assert_eq!(note(&mut simulated, "x").status(), StatusCode::INTERNAL_SERVER_ERROR);
    for (path, body) in [("faults", "{}"), ("latency", r#"{"ms":-1}"#), ("confirmations", "{}")] {
        assert_eq!(control(&mut simulated, "POST", &format!("/control/{path}"), body).0, 400, "{path}");
    }
    assert_eq!(control(&mut simulated, "GET", "/control/nothing", "").0, 404);
}

#[test]
fn the_hosted_page_has_a_button_for_what_can_be_done_now() {
    let mut simulated = simulated();
    note(&mut simulated, "a");
    let (code, _, html) = page(&mut simulated, "GET", "/pay/n1");
    assert_eq!(code, 200);
    for piece in
        ["Note&lt;book&gt; (simulated)", "10 USD", "Status: open", "&lt;script&gt;", r#"<form method="post" action="/pay/n1/exact">"#]
    {
        assert!(html.contains(piece), "{piece} is not in {html}");
    }
    let buttons = |html: &str| -> Vec<String> {
        html.split("data-action=\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
    };
    assert_eq!(buttons(&html), ["exact", "half", "cancel"]);
    assert!(!html.contains("<script"), "nothing of a payment becomes markup");

    let (code, to, _) = page(&mut simulated, "POST", "/pay/n1/half");
    assert_eq!((code, to.as_str()), (303, "/pay/n1"));
    assert_eq!(buttons(&page(&mut simulated, "GET", "/pay/n1").2), ["rest"]);
    let (code, to, _) = page(&mut simulated, "POST", "/pay/n1/rest");
    assert_eq!((code, to.as_str()), (303, "https://shop.example/thanks?a=1&b=2"));
    let (_, _, html) = page(&mut simulated, "GET", "/pay/n1");
    assert_eq!(buttons(&html), ["back"]);
    assert!(html.contains(r#"href="https://shop.example/thanks?a=1&amp;b=2""#), "{html}");
}

#[test]
fn whoever_gives_up_goes_back_to_where_the_payment_says() {
    let mut simulated = simulated();
    note(&mut simulated, "a");
    assert_eq!(page(&mut simulated, "POST", "/pay/n1/cancel").1, "https://shop.example/cart");
    assert!(page(&mut simulated, "GET", "/pay/n1").2.contains(r#"href="https://shop.example/cart""#));
    let (code, to, html) = page(&mut simulated, "POST", "/pay/n1/exact");
    assert_eq!((code, to.as_str()), (409, ""), "a button of an old page");
    assert!(html.contains("not possible any more"));
}

#[test]
fn nobody_is_sent_anywhere_but_to_a_web_address() {
    for url in ["", "javascript:alert(1)", "//evil.example", "/relative"] {
        let mut simulated = simulated();
        note(&mut simulated, "a");
        url.clone_into(&mut simulated.vendor_mut::<Notebook>().payments[0].success_url);
        assert_eq!(page(&mut simulated, "POST", "/pay/n1/exact").1, "/pay/n1", "{url}");
        assert!(page(&mut simulated, "GET", "/pay/n1").2.contains("nothing left to do"), "{url}");
    }
}

#[test]
fn a_payment_that_is_not_there_has_no_page() {
    let mut simulated = simulated();
    for (method, path) in [("GET", "/pay/n1"), ("POST", "/pay/n1/exact"), ("GET", "/pay/"), ("DELETE", "/pay/n1")] {
        let (code, _, html) = page(&mut simulated, method, path);
        assert_eq!(code, 404, "{method} {path}");
        assert!(html.contains("no such payment"));
    }
}

#[test]
fn time_passes_for_the_vendor_before_anything_is_answered() {
    let mut simulated = simulated();
    let later = NOW + Millis::hours(1);
    simulated.handle(request("GET", "/control/payments", ""), later);
    assert_eq!(simulated.vendor::<Notebook>().advanced_to, later);
    assert_eq!(simulated.settings("http://127.0.0.1:1"), [Setting::plain("NOTEBOOK_URL", "http://127.0.0.1:1")]);
}
