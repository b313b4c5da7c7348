//! What the edge puts into the page before it sends it, so that the widget needs no request to start. Plain data.
//!
//! It stands as JSON in `<script id="checkout-data" type="application/json">` (`index.html`), every `<` in it written as `\u003c`. So do, in
//! `checkout-messages` beside it, the texts of the customer's language ([`crate::language`]): a list of the language's tag, the direction
//! it is written in (`ltr`, `rtl`), and the texts in the order of their names in `frontend/messages/{tag}.json`.

use crate::error::ErrorDetail;
use crate::session::SessionView;
use serde::{Deserialize, Serialize};

/// Either `page` and `session`, or `error`. None of them: the page was opened without going through the edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageData {
    /// Path of the session's page, `/checkout/{id}.{token}`: what a reload must ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// What else a reload must ask for, as the query of the page's address: `lang=fr&origin=https%3A%2F%2Fshop.example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionView>,
    /// The customer has asked to choose another way to pay: without a script, or before the page was loaded again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub changing: bool,
    /// Why the choice that was sent, without a script, came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice_error: Option<ErrorDetail>,
    /// Why there is no session to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
    /// Origin of the page this one is framed by, checked by the edge. The only one it may talk to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedder: Option<String>,
    /// The page stands in a dialog over the shop's page, which closes it when asked to.
    #[serde(default, skip_serializing_if = "is_false")]
    pub modal: bool,
    /// The shop's name, from the edge's configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<String>,
    /// The address of the shop's sign, from the edge's configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

impl PageData {
    /// The address of the session's page, as a path with its query: what a reload asks for, and where forms are sent.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let page = self.page.as_deref()?;
        Some(self.query.as_deref().map_or_else(|| page.to_owned(), |query| [page, "?", query].concat()))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_not_written_and_need_not_be_read() {
        assert_eq!(serde_json::to_string(&PageData::default()).unwrap(), "{}");
        let data: PageData =
            serde_json::from_str(r#"{"page":"/checkout/x.y","query":"lang=fr","embedder":null,"merchant":"Fern & Vale"}"#).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let expected =
            PageData { page: text("/checkout/x.y"), query: text("lang=fr"), merchant: text("Fern & Vale"), ..PageData::default() };
        assert_eq!(data, expected);
        assert_eq!(serde_json::to_string(&data).unwrap(), r#"{"page":"/checkout/x.y","query":"lang=fr","merchant":"Fern & Vale"}"#);
    }
}
