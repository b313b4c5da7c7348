//! Every text a customer reads: by key, in the customer's language, its `{places}` filled. The texts themselves are
//! `frontend/messages/{tag}.json`, the only place they stand in; the page brings those of one language along, and nothing here holds any.
//!
//! The files' keys are listed here, so that a text that does not exist cannot be asked for; `tests/languages.rs` compares the two. What
//! the texts should be like: plain words, no blame, and always what to do next. A coin is never named without its network where money
//! could be sent by it.

use crate::intl::{self, Texts};
use checkout_shared::time::Timestamp;
use std::rc::Rc;

macro_rules! keys {
    ($($key:ident $name:literal,)*) => {
        /// The name of a text. Sorted by name, for the page brings the texts in that order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the English text says it: frontend/messages/en.json")]
        pub enum Key {
            $($key,)*
        }

        impl Key {
            /// All of them, each with its name in the files.
            pub const ALL: &[(Self, &'static str)] = &[$((Self::$key, $name),)*];
        }
    };
}

keys! {
    Address "address",
    Amount "amount",
    BackOnline "back_online",
    BackToShop "back_to_shop",
    CancelledHeading "cancelled_heading",
    CancelledSent "cancelled_sent",
    CancelledText "cancelled_text",
    ChangeMethod "change_method",
    ChooseHeading "choose_heading",
    ChooseLoading "choose_loading",
    ChooseNetwork "choose_network",
    ChooseNetworksOf "choose_networks_of",
    ChooseSomeUnavailable "choose_some_unavailable",
    ChooseUnavailable "choose_unavailable",
    Close "close",
    CoinOnNetwork "coin_on_network",
    Confirmations "confirmations",
    ConfirmationsNone "confirmations_none",
    ConfirmationsOf "confirmations_of",
    Copied "copied",
    Copy "copy",
    CopyAddress "copy_address",
    CopyAmount "copy_amount",
    CopyByHand "copy_by_hand",
    CopyByHandSaid "copy_by_hand_said",
    CopyMemo "copy_memo",
    CopyReference "copy_reference",
    CopyTransaction "copy_transaction",
    Date "date",
    EndedCancelled "ended_cancelled",
    EndedExpired "ended_expired",
    EndedFailed "ended_failed",
    ExpiredHeading "expired_heading",
    ExpiredSent "expired_sent",
    ExpiredText "expired_text",
    FailedHeading "failed_heading",
    FailedSent "failed_sent",
    FailedText "failed_text",
    KeepMethod "keep_method",
    KeepText "keep_text",
    Memo "memo",
    MemoNeeded "memo_needed",
    Method "method",
    MethodBelowMinimum "method_below_minimum",
    NoScript "no_script",
    Offline "offline",
    OnNetwork "on_network",
    OnlyThis "only_this",
    OpenWallet "open_wallet",
    OrderAmount "order_amount",
    Outdated "outdated",
    PageBroken "page_broken",
    PageCard "page_card",
    PageCardHint "page_card_hint",
    PageCrypto "page_crypto",
    PageCryptoHint "page_crypto_hint",
    PageHeading "page_heading",
    PageOpen "page_open",
    PageRestDue "page_rest_due",
    PageRestHeading "page_rest_heading",
    PageRestText "page_rest_text",
    PageText "page_text",
    PageWhenItEnds "page_when_it_ends",
    PaidHeading "paid_heading",
    PaidLate "paid_late",
    PaidOver "paid_over",
    PaidText "paid_text",
    Pay "pay",
    PayHeading "pay_heading",
    PayMerchant "pay_merchant",
    PayRestHeading "pay_rest_heading",
    PayRestText "pay_rest_text",
    Preparing "preparing",
    PreparingChecking "preparing_checking",
    PreparingHeading "preparing_heading",
    PreparingText "preparing_text",
    ProblemAttempts "problem_attempts",
    ProblemBusyHeading "problem_busy_heading",
    ProblemClosed "problem_closed",
    ProblemConflict "problem_conflict",
    ProblemHeading "problem_heading",
    ProblemLink "problem_link",
    ProblemMethod "problem_method",
    ProblemOrderExpired "problem_order_expired",
    ProblemOrderToken "problem_order_token",
    ProblemOrigin "problem_origin",
    ProblemOurs "problem_ours",
    ProblemProvider "problem_provider",
    ProblemPurged "problem_purged",
    ProblemQuote "problem_quote",
    ProblemRate "problem_rate",
    ProblemSeen "problem_seen",
    ProblemUnknown "problem_unknown",
    ProblemUnreachable "problem_unreachable",
    ProgressHeading "progress_heading",
    ProgressText "progress_text",
    QrAddress "qr_address",
    QrAddressHint "qr_address_hint",
    QrAddressLabel "qr_address_label",
    QrFull "qr_full",
    QrHint "qr_hint",
    QrKind "qr_kind",
    QrLabel "qr_label",
    Rate "rate",
    RateOf "rate_of",
    Receipt "receipt",
    ReceiptHeading "receipt_heading",
    Received "received",
    Reference "reference",
    RefundedHeading "refunded_heading",
    RefundedText "refunded_text",
    RefundingHeading "refunding_heading",
    RefundingText "refunding_text",
    Reload "reload",
    Returning "returning",
    ReviewHeading "review_heading",
    ReviewNext "review_next",
    ReviewText "review_text",
    SaidMinutesLeft "said_minutes_left",
    SaidPay "said_pay",
    SaidProgress "said_progress",
    SaidRest "said_rest",
    SaidSecondsLeft "said_seconds_left",
    Search "search",
    SearchFound "search_found",
    SearchNone "search_none",
    Stay "stay",
    Staying "staying",
    StepConfirming "step_confirming",
    StepDetected "step_detected",
    StepPaid "step_paid",
    StillDue "still_due",
    TheShop "the_shop",
    TimeLeft "time_left",
    TimeUpChoose "time_up_choose",
    TimeUpHeading "time_up_heading",
    TimeUpText "time_up_text",
    TooLittleHeading "too_little_heading",
    TooLittleSome "too_little_some",
    TooLittleText "too_little_text",
    Transaction "transaction",
    Troubled "troubled",
    TryAgain "try_again",
    Waiting "waiting",
    WaitingText "waiting_text",
    WhenItEnds "when_it_ends",
    WhenItEndsRest "when_it_ends_rest",
}

/// What the list in the page begins with: the language's tag, and the way it is written.
const HEAD: usize = 2;

/// The texts of one language. Copies are cheap and share them.
#[derive(Clone, Debug)]
pub struct Messages(Rc<Spoken>);

#[derive(Debug)]
struct Spoken {
    texts: Texts,
    language: String,
    is_from_the_right: bool,
}

impl PartialEq for Messages {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Messages {
    /// Reads what the edge put into the page: a JSON list of the language's tag, its direction (`ltr`, `rtl`) and its texts in the order of
    /// their names, each a string or, where it depends on a number, an object of forms by plural category. `None` if it is no such list.
    #[must_use]
    pub fn parse(list: &str) -> Option<Self> {
        let texts = Texts::parse(list)?;
        let (language, direction) = (texts.text(0)?, texts.text(1)?);
        Some(Self(Rc::new(Spoken { texts, language, is_from_the_right: direction == "rtl" })))
    }

    /// A text without places. Empty if the page did not bring it.
    #[must_use]
    pub fn text(&self, key: Key) -> String {
        self.0.texts.text(HEAD + key as usize).unwrap_or_default()
    }

    /// A text with its places filled.
    #[must_use]
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        self.filled(&self.text(key), values)
    }

    /// A text in the form that `{count}` calls for, its places filled.
    #[must_use]
    pub fn count(&self, key: Key, count: u32, values: &[(&str, &str)]) -> String {
        let (texts, at) = (&self.0.texts, HEAD + key as usize);
        let form = texts.form(at, &intl::plural_category(&self.0.language, count)).or_else(|| texts.form(at, "other"));
        let number = self.number(count);
        let values: Vec<_> = [("count", number.as_str())].into_iter().chain(values.iter().copied()).collect();
        self.filled(&form.unwrap_or_default(), &values)
    }

    /// A whole number as the language writes it.
    #[must_use]
    pub fn number(&self, number: u32) -> String {
        intl::number(&self.0.language, number)
    }

    /// A point in time as the language writes it.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> String {
        intl::date(&self.0.language, at)
    }

    /// A text of digits, such as a clock's, in the language's digits.
    #[must_use]
    pub fn digits(&self, text: &str) -> String {
        // Most languages use the digits that are there.
        if self.number(0) == "0" {
            return text.to_owned();
        }
        text.chars().map(|letter| letter.to_digit(10).map_or_else(|| letter.to_string(), |digit| self.number(digit))).collect()
    }

    fn filled(&self, template: &str, values: &[(&str, &str)]) -> String {
        fill(template, values, self.0.is_from_the_right)
    }
}

/// The template with each `{name}` replaced by its value, which is never read as a template. `isolated`: in a sentence from the right a
/// value keeps its own direction and the order of its parts (`18.90 USD`), by Unicode's invisible isolates around it.
fn fill(template: &str, values: &[(&str, &str)], isolated: bool) -> String {
    const ISOLATE: &str = "\u{2068}";
    const END: &str = "\u{2069}";
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        let (start, end) = if isolated { (ISOLATE, END) } else { ("", "") };
        text.extend([start, value, end]);
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(language: &str, direction: &str, key: Key, value: &str) -> Messages {
        let before = "\"\",".repeat(key as usize);
        Messages::parse(&format!("[\"{language}\",\"{direction}\",{before}{value}]")).unwrap()
    }

    #[test]
    fn places_are_filled_once() {
        assert_eq!(fill("{a} of {b}", &[("a", "1"), ("b", "{a}")], false), "1 of {a}");
        assert_eq!(fill("plain", &[], false), "plain");
        assert_eq!(fill("a {missing} b", &[], false), "a  b");
    }

    #[test]
    fn a_value_keeps_its_direction_in_a_sentence_from_the_right() {
        let messages = messages("he", "rtl", Key::OnNetwork, "\"ברשת {network}\"");
        assert_eq!(messages.fill(Key::OnNetwork, &[("network", "Tron (TRC-20)")]), "ברשת \u{2068}Tron (TRC-20)\u{2069}");
    }

    #[test]
    fn a_count_chooses_the_form_and_other_stands_in_for_one_that_is_missing() {
        let both = r#"{"one":"{count} block of {needed}","other":"{count} blocks of {needed}"}"#;
        let both = messages("en", "ltr", Key::ConfirmationsOf, both);
        assert_eq!(both.count(Key::ConfirmationsOf, 1, &[("needed", "9")]), "1 block of 9");
        assert_eq!(both.count(Key::ConfirmationsOf, 2, &[("needed", "9")]), "2 blocks of 9");
        let one = messages("ja", "ltr", Key::Confirmations, r#"{"other":"{count}"}"#);
        assert_eq!(one.count(Key::Confirmations, 1, &[]), "1");
    }

    #[test]
    fn what_is_no_list_of_texts_is_none_and_what_is_missing_is_empty() {
        for list in ["", "null", "{}", "[]", "[\"en\"]", "__CHECKOUT_MESSAGES__"] {
            assert!(Messages::parse(list).is_none(), "{list}");
        }
        assert_eq!(Messages::parse("[\"en\",\"ltr\"]").unwrap().text(Key::Copy), "");
    }
}
