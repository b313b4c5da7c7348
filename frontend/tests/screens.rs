//! What a customer reads in each state, rendered to HTML as the edge does it. The states are those the gallery draws.
#![cfg(not(target_arch = "wasm32"))]

#[path = "screens/list.rs"]
mod list;
mod states;

use checkout_shared::error::ErrorCode;
use checkout_shared::language::Language;
use checkout_shared::money::{Amount, Money};
use checkout_shared::session::{AttemptStatus, Instructions, SessionView, Status, TransactionStatus};
use checkout_widget::state::{Action, Missed, Model};
use checkout_widget::{Screen, ScreenProps};
use states::{NOW, State};
use std::collections::BTreeSet;
use yew::LocalServerRenderer;

fn html(state: State) -> String {
    html_in(Language::ENGLISH, state)
}

fn html_in(language: Language, state: State) -> String {
    let props = ScreenProps::still(states::messages(language), state.model, NOW);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let render = LocalServerRenderer::<Screen>::with_props(props).hydratable(false).render();
    runtime.block_on(tokio::task::LocalSet::new().run_until(render))
}

fn attempt_in(status: Status, attempt: AttemptStatus) -> String {
    html(states::of("", states::view(status, Some(states::attempt(attempt)))))
}

/// The state of the gallery whose name contains this.
fn named(part: &str) -> State {
    states::gallery().into_iter().find(|state| state.name.contains(part)).unwrap()
}

/// The text of the step's heading.
fn heading(html: &str) -> &str {
    let start = html.find("id=\"step\"").and_then(|at| html[at..].find('>').map(|end| at + end + 1)).unwrap_or(html.len());
    let end = html[start..].find("</h").map_or(start, |end| start + end);
    &html[start..end]
}

const ADDRESS_END: &str = "yn4STm";

#[test]
fn every_state_has_a_heading_and_one_step() {
    for state in states::every_combination().into_iter().chain(states::gallery()) {
        let name = state.name.clone();
        let html = html(state);
        assert!(!heading(&html).is_empty(), "{name}: {html}");
        assert_eq!(html.matches("id=\"step\"").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
    }
}

#[test]
fn what_is_copied_into_a_wallet_is_the_same_in_every_language() {
    for language in Language::ALL {
        let html = html_in(language, named("pay-memo-soon"));
        for written_from_the_left in ["address", "memo"] {
            let tag = html.split('<').find(|tag| tag.contains(&format!("id=\"{written_from_the_left}\""))).unwrap();
            assert!(tag.contains("dir=\"ltr\""), "{}: {tag}", language.tag());
        }
        let amount = html.split("id=\"amount\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap();
        assert!(amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{}: {amount}", language.tag());
        let mut money = html.split('<').filter(|tag| tag.contains("class=\"money\""));
        assert!(money.all(|tag| tag.contains("dir=\"ltr\"")), "{}", language.tag());
    }
}

#[test]
fn every_language_has_its_own_words_in_every_state() {
    for language in Language::ALL {
        for state in states::gallery() {
            let name = format!("{} in {}", state.name, language.tag());
            let html = html_in(language, state);
            assert!(!heading(&html).is_empty(), "{name}");
            for empty in ["<p></p>", "<dt></dt>", "<small></small>", "<strong></strong>", "<span></span>", "<figcaption></figcaption>"] {
                assert!(!html.contains(empty), "{name}: {empty}");
            }
            assert!(!html.contains('{'), "{name}: a place is left");
        }
    }
}

#[test]
fn no_style_or_handler_is_inline() {
    for state in states::gallery() {
        let (name, html) = (state.name.clone(), html(state));
        for forbidden in [" style=", " onclick=", "javascript:", "<style", "<script"] {
            assert!(!html.contains(forbidden), "{name} has {forbidden}");
        }
    }
}

#[test]
fn an_address_is_shown_only_while_money_may_be_sent_to_it() {
    for state in states::every_combination() {
        let view = state.model.view.clone().unwrap();
        let attempt = view.attempt.as_ref().map(|attempt| attempt.status);
        let name = state.name.clone();
        let shows = html(state).contains(ADDRESS_END);
        let instructed = matches!(attempt, Some(AttemptStatus::AwaitingPayment | AttemptStatus::Underpaid | AttemptStatus::Processing));
        let payable = match view.status {
            Status::AwaitingPayment => instructed,
            Status::Underpaid => attempt == Some(AttemptStatus::Underpaid),
            _ => false,
        };
        assert_eq!(shows, payable, "{name}");
    }
}

#[test]
fn an_attempt_that_ended_leads_back_to_the_choice_while_the_order_awaits_a_payment_by_another() {
    let refused = attempt_in(Status::AwaitingPayment, AttemptStatus::Failed);
    assert_eq!(heading(&refused), "How would you like to pay?");
    assert!(refused.contains("That way to pay didn’t work out."));
    assert!(!refused.contains("class=\"spinner"));
    assert_eq!(heading(&attempt_in(Status::AwaitingPayment, AttemptStatus::Expired)), "How would you like to pay?");
}

#[test]
fn nobody_has_to_wait_for_a_providers_answer() {
    for status in [Status::Open, Status::AwaitingPayment] {
        for attempt in [AttemptStatus::Creating, AttemptStatus::Checking] {
            let preparing = attempt_in(status, attempt);
            assert_eq!(heading(&preparing), "Getting your payment ready");
            assert!(preparing.contains("Pay another way"), "{status:?} {attempt:?}");
        }
    }
}

#[test]
fn a_page_takes_the_rest_only_if_it_took_the_first_part() {
    for attempt in states::ATTEMPT_STATUSES {
        let html = html(states::of("", states::view(Status::Underpaid, Some(states::on_page(attempt)))));
        assert_eq!(html.contains("Open the payment page"), attempt == AttemptStatus::Underpaid, "{attempt:?}");
        assert_eq!(
            html.contains("24.95 USDT arrived, thank you. Please pay the other"),
            attempt == AttemptStatus::Underpaid,
            "{attempt:?}"
        );
    }
}

/// The tag that has this in it, without its angle brackets.
fn tag<'a>(html: &'a str, part: &str) -> &'a str {
    html.split(['<', '>']).find(|tag| tag.contains(part)).unwrap_or_else(|| panic!("no {part} in {html}"))
}

#[test]
fn without_a_script_a_choice_is_a_form_and_every_other_way_a_link() {
    const PAGE: &str = "/checkout/abcdefghijklmnopqrstuvwx27.t0ken-_?lang=en";
    let href = |html: &str, label: &str| {
        let before = html.split(label).next().unwrap();
        let link = &before[before.rfind("<a ").unwrap_or_else(|| panic!("{label} is no link"))..];
        link.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&")
    };
    let choose = html(named("01-choose"));
    let form = tag(&choose, "form ");
    assert!(form.contains("method=\"post\"") && form.contains(&format!("action=\"{PAGE}\"")), "{form}");
    let button = tag(&choose, "USDT:tron");
    assert!(button.starts_with("button ") && button.contains("name=\"method\"") && button.contains("value=\"USDT:tron\""), "{button}");
    assert!(!button.contains("type="), "a button of a form sends it: {button}");

    let to_choose = format!("{PAGE}&choose=1");
    assert_eq!(href(&html(named("08-pay")), "Pay another way"), to_choose);
    assert_eq!(href(&html(named("07-preparing")), "Pay another way"), to_choose);
    assert_eq!(href(&html(named("12-time-up")), "Choose again"), to_choose);
    assert_eq!(href(&html(named("28-choose-unavailable")), "Try again"), to_choose);
    assert_eq!(href(&html(named("11-change-method")), "Keep the payment I started"), PAGE);
    assert_eq!(href(&html(named("31-pay-outdated")), "Load the page again"), PAGE);
    assert_eq!(href(&html(named("26-unavailable")), "Try again"), "", "the address that led here");
}

/// What the page itself tells a screen reader.
fn said(html: &str) -> Vec<&str> {
    let places = html.split('<').filter(|tag| tag.starts_with("p ") && tag.contains("\"unseen\"") && tag.contains("role=\"status\""));
    places.map(|place| place.split_once('>').unwrap().1).collect()
}

#[test]
fn only_what_answers_the_customer_raises_its_voice() {
    for state in states::gallery() {
        let answers = state.model.choice_problem.is_some();
        let name = state.name.clone();
        assert_eq!(html(state).contains("role=\"alert\""), answers, "{name}");
    }
    let ended = html(named("02-choose-after-expiry"));
    assert!(said(&ended).iter().any(|said| said.starts_with("The time for the last payment is over")), "{:?}", said(&ended));
}

#[test]
fn going_back_to_the_shop_is_said_and_can_be_stopped() {
    let html_of = html(named("41-returning"));
    assert!(html_of.contains("You will be taken back to Fern &amp; Vale in 27 seconds.") && html_of.contains("Stay on this page"));
    let in_the_beginning = "You will be taken back to Fern &amp; Vale in 30 seconds.";
    assert!(said(&html_of).contains(&in_the_beginning), "once, not every second: {:?}", said(&html_of));
    let [receipt, stay] = ["Save or print the receipt", "Stay on this page"].map(|text| html_of.find(text).unwrap());
    assert!(receipt < stay, "what goes at a touch moves nothing");
    let stays = html(named("42-staying"));
    assert!(said(&stays).contains(&"You stay on this page.") && !stays.contains("Stay on this page"));
    assert!(!html(named("17-paid")).contains("You will be taken back"), "found paid when it was loaded");
}

#[test]
fn a_receipt_is_of_what_is_paid_and_tells_all_of_it() {
    let html_of = html(named("17-paid"));
    for told in [
        "Fern &amp; Vale",
        "Two seedlings",
        "49.90",
        "49.913251",
        "USDT on Tron (TRC-20)",
        "7c2d4206c03a",
        "2030-03-17 17:46",
        "FV-2024-10387",
    ] {
        assert!(html_of.contains(told), "{told}");
    }
    for state in states::every_combination() {
        let is_paid = state.model.view.as_ref().is_some_and(|view| view.status == Status::Paid);
        let name = state.name.clone();
        assert_eq!(html(state).contains("Save or print the receipt"), is_paid, "{name}");
    }
}

#[test]
fn trouble_with_the_line_is_told_once_it_lasts() {
    const CALM: &str = "We can’t check right now. Nothing you have sent is lost; this page keeps trying.";
    let missed = |model: &Model, missed| model.after(Action::Missed(missed));
    let told = |model: &Model| html(State { model: model.clone(), name: String::new() });
    let start = states::of("", states::view(Status::AwaitingPayment, Some(states::attempt(AttemptStatus::AwaitingPayment)))).model;
    let once = missed(&start, Missed::Troubled);
    let twice = missed(&once, Missed::Troubled);
    assert!(!told(&start).contains(CALM) && !told(&once).contains(CALM));
    assert!(told(&twice).contains(CALM) && !told(&twice).contains("You are offline."));
    assert!(told(&missed(&start, Missed::Garbled)).contains("Load the page again"));
    assert!(told(&missed(&start, Missed::Offline)).contains("You are offline."));
}

#[test]
fn no_address_is_shown_once_its_time_is_over() {
    for (status, attempt) in [(Status::AwaitingPayment, AttemptStatus::AwaitingPayment), (Status::Underpaid, AttemptStatus::Underpaid)] {
        let over = states::over(states::attempt(attempt));
        let html = html(states::of("", states::view(status, Some(over))));
        assert!(!html.contains(ADDRESS_END), "{status:?}");
        assert!(!html.contains("class=\"qr\""), "{status:?}");
    }
}

#[test]
fn the_network_is_named_beside_amount_and_address() {
    let html = attempt_in(Status::AwaitingPayment, AttemptStatus::AwaitingPayment);
    assert!(html.contains("on Tron (TRC-20)"));
    assert!(html.contains("Address on Tron (TRC-20)"));
    assert!(html.contains("Send only USDT, and only on Tron (TRC-20)."));
    assert!(html.contains("aria-label=\"QR code of the address on Tron (TRC-20)\""));
    assert!(html.contains("29:41"));
    let linked = self::html(named("37-pay-link"));
    assert!(linked.contains("aria-label=\"QR code to pay 0.00051383 BTC on Bitcoin\""));
}

#[test]
fn a_code_says_what_it_holds_and_can_be_one_of_the_address_alone() {
    const ADDRESS_ONLY: &str = "This code holds the address only: enter the amount yourself.";
    let (whole, bare) = (html(named("37-pay-link")), html(named("38-pay-link-bare")));
    assert!(whole.contains("Scan with your wallet") && !whole.contains(ADDRESS_ONLY));
    assert!(bare.contains(ADDRESS_ONLY) && !bare.contains("Scan with your wallet"));
    let modules = |html| tag(html, "path fill=\"#000\"");
    assert_ne!(modules(&whole), modules(&bare));
    for html in [&whole, &bare] {
        assert!(html.contains("<legend class=\"unseen\">What the QR code holds</legend>"));
        assert_eq!(html.matches("type=\"radio\"").count(), 2);
        assert_eq!(html.matches(" checked").count(), 1);
    }
    let plain = html(named("08-pay"));
    assert!(plain.contains(ADDRESS_ONLY) && !plain.contains("radio"), "there is only one code where no payment link is agreed on");
}

#[test]
fn a_wallet_is_opened_by_the_links_that_wallets_register_and_by_no_other() {
    let linked = html(named("37-pay-link"));
    let link = tag(&linked, "href=\"bitcoin:");
    assert!(link.contains("amount=0.00051383") && link.contains("target=\"_top\""), "{link}");
    assert!(!html(named("08-pay")).contains("Open in wallet"));
    let mut attempt = states::attempt(AttemptStatus::AwaitingPayment);
    if let Some(Instructions::Address(address)) = &mut attempt.instructions {
        address.payment_uri = "javascript:alert(1)".to_owned();
    }
    let html = html(states::of("", states::view(Status::AwaitingPayment, Some(attempt))));
    assert!(!html.contains("Open in wallet") && !html.contains("javascript"));
}

#[test]
fn amounts_are_written_without_idle_zeros_and_with_what_a_coin_costs() {
    let round = html(named("39-pay-round-amount"));
    assert!(round.contains(">2140<") && !round.contains("2140.0"));
    assert!(round.contains("1 VET ≈ 0.0233178 USD"));
    assert!(html(named("37-pay-link")).contains("1 BTC ≈ 97113.83 USD"));
    assert!(html(named("09-pay-memo")).contains(">7.8125<"));
    let mut view = states::view(Status::AwaitingPayment, Some(states::attempt(AttemptStatus::AwaitingPayment)));
    view.order.currency = "USDT".parse().unwrap();
    assert!(!html(states::of("", view)).contains('≈'), "a coin costs one coin");
}

#[test]
fn the_time_is_told_at_a_few_moments_only() {
    let told = |seconds| {
        let attempt = states::until(states::attempt(AttemptStatus::AwaitingPayment), seconds);
        let html = html(states::of("", states::view(Status::AwaitingPayment, Some(attempt))));
        said(&html).last().unwrap().to_string()
    };
    for (seconds, words) in [(601, ""), (600, "10 minutes left to pay."), (586, "10 minutes left to pay."), (584, "")] {
        assert_eq!(told(seconds), words, "{seconds}");
    }
    let all = (1..700).step_by(7).map(told).filter(|words| !words.is_empty()).collect::<BTreeSet<_>>();
    let moments = ["1 minute", "10 minutes", "2 minutes", "30 seconds", "5 minutes"].map(|left| format!("{left} left to pay."));
    assert_eq!(all.into_iter().collect::<Vec<_>>(), moments);
}

#[test]
fn who_is_back_online_is_told_so() {
    let back = html(named("44-back-online"));
    assert!(back.contains("You are online again.") && !back.contains("You are offline."));
    for html in [&back, &html(named("08-pay"))] {
        assert!(tag(html, "class=\"line\"").contains("role=\"status\""), "what is to be heard stands in a place that was there before");
    }
}

#[test]
fn half_a_payment_is_asked_for_the_rest_and_not_for_another_method() {
    let html = attempt_in(Status::Underpaid, AttemptStatus::Underpaid);
    assert_eq!(heading(&html), "Send what is still missing");
    assert!(html.contains("24.95 USDT arrived"));
    assert!(html.contains(">24.963251<"), "the rest is the amount to send");
    assert!(!html.contains(">49.913251<"), "the whole is not asked for again");
    assert!(!html.contains("Pay another way"));
}

#[test]
fn progress_counts_confirmations() {
    let html = attempt_in(Status::Processing, AttemptStatus::Processing);
    assert_eq!(heading(&html), "Payment detected");
    assert!(html.contains("7 of 19 confirmations"));
    assert!(html.contains("Payment detected. 1 of 19 confirmations."), "a screen reader is told of the first, not of each");
}

#[test]
fn confirmed_money_is_not_waited_for_from_the_start() {
    let mut attempt = states::attempt(AttemptStatus::Processing);
    attempt.transactions[0].status = TransactionStatus::Confirmed;
    let all = html(states::of("", states::view(Status::Processing, Some(attempt.clone()))));
    assert!(all.contains("19 of 19 confirmations"));

    attempt.transactions[0].required_confirmations = None;
    attempt.transactions[0].confirmations = 0;
    let view = SessionView { methods: Vec::new(), ..states::view(Status::Processing, Some(attempt)) };
    assert!(!html(states::of("", view)).contains("Waiting for confirmation"));
}

#[test]
fn outcomes_say_what_happened_and_name_the_reference() {
    let outcomes = [
        (Status::Paid, "Payment complete"),
        (Status::Refunding, "Your refund is on its way"),
        (Status::Refunded, "Refunded"),
        (Status::Expired, "The time to pay is over"),
        (Status::Cancelled, "This order was cancelled"),
        (Status::Failed, "This payment didn’t go through"),
        (Status::Review, "Your payment is being checked"),
    ];
    for (status, title) in outcomes {
        let html = html(states::of("", states::view(status, None)));
        assert_eq!(heading(&html), title);
        assert!(html.contains("FV-2024-10387"), "{status:?}");
        assert!(html.contains("https://shop.example/"), "{status:?} leads back to the shop");
    }
}

#[test]
fn only_what_is_paid_leads_to_the_shops_thanks() {
    for state in states::every_combination() {
        let is_paid = state.model.view.as_ref().is_some_and(|view| view.status == Status::Paid);
        let name = state.name.clone();
        assert_eq!(html(state).contains("https://shop.example/thanks"), is_paid, "{name}");
    }
}

#[test]
fn a_part_that_may_have_come_late_is_not_called_in_time() {
    let html = html(named("underpaid-over"));
    assert!(html.contains("24.95 USDT arrived, which is less than the order costs."));
    assert!(!html.contains("in time"));
}

#[test]
fn going_back_to_the_shop_is_not_called_cancelling() {
    let html = attempt_in(Status::AwaitingPayment, AttemptStatus::AwaitingPayment);
    assert!(html.contains("Back to Fern &amp; Vale") && !html.contains("Cancel"));
}

/// The reference to quote and the way to the shop are on every screen of a session, and on each once.
#[test]
fn every_screen_of_a_session_says_what_to_quote_and_leads_to_the_shop() {
    let paid = states::of("refused-once-paid", states::view(Status::Paid, Some(states::attempt(AttemptStatus::Paid))));
    let refused = [named("refused-meanwhile"), states::refused_meanwhile(paid)];
    for state in states::every_combination().into_iter().chain(refused) {
        let (name, html) = (state.name.clone(), html(state));
        assert_eq!(html.matches("FV-2024-10387</").count(), 1, "{name}: {html}");
        // Nobody is sent away while the money is on its way, nor to where nothing was paid once it was.
        let leads_back = usize::from(heading(&html) != "Payment detected" && name != "refused-once-paid");
        assert_eq!(html.matches("Back to Fern &amp; Vale").count(), leads_back, "{name}: {html}");
    }
}

#[test]
fn nothing_is_said_of_networks_to_who_pays_by_card() {
    for state in ["processing-by-card", "paid-by-card"] {
        let html = html(named(state));
        assert!(html.contains("Card or PayPal") && !html.to_lowercase().contains("network"), "{html}");
    }
}

#[test]
fn which_coin_was_chosen_on_a_page_is_told_by_what_was_sent() {
    let money = |amount: &str, code: &str| Money { amount: Amount::parse(amount).unwrap(), currency: code.parse().unwrap() };
    let mut attempt = states::on_page(AttemptStatus::Paid);
    attempt.received = Some(money("49.90", "USD"));
    let mut html_of = |sent: Option<&str>| {
        attempt.transactions.truncate(usize::from(sent.is_some()));
        for (transaction, sent) in attempt.transactions.iter_mut().zip(sent) {
            transaction.amount = money(sent, "BTC");
        }
        html(states::of("", states::view(Status::Paid, Some(attempt.clone()))))
    };
    let told = html_of(Some("0.0007"));
    assert!(told.contains("<dt>Paid with</dt><dd>BTC</dd>") && !told.contains("More coins"), "{told}");
    assert!(html_of(None).contains("<dt>Paid with</dt><dd>More coins</dd>"), "as long as that is all that is known");
}

#[test]
fn late_and_too_much_are_told() {
    let html = html(named("late"));
    assert!(html.contains("It came after the time was over"));
    assert!(html.contains("You sent 10.086749 USDT more than needed"));
}

#[test]
fn a_link_to_the_shop_that_is_no_web_link_is_not_followed() {
    let mut view = states::view(Status::Paid, None);
    view.order.success_url = Some("javascript:alert(1)".to_owned());
    let html = html(states::of("", view));
    assert!(!html.contains("javascript:"));
}

#[test]
fn what_merchants_write_is_text() {
    let mut view = states::view(Status::Open, None);
    view.order.description = Some("<img src=x onerror=alert(1)>".to_owned());
    assert!(html(states::of("", view)).contains("&lt;img"));
}

#[test]
fn a_refused_order_token_says_how_to_go_on() {
    let html = html(states::refused("", ErrorCode::ExpiredOrderToken));
    assert!(html.contains("Go back to the shop and start the payment again"));
    assert!(html.contains("8f2c41d0"), "the request id, to ask for help with");
    assert!(!html.contains("not shown"), "the edge's message is for programmers");
}
