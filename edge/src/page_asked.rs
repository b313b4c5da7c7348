//! What the address of a page asks for beside its path, and who asks. Nothing of it is trusted: what is not as it should be is not asked.

use crate::error::{ApiError, ApiResult};
use checkout_core::config::Config;
use checkout_core::theme::Theme;
use checkout_shared::error::ErrorCode;
use checkout_shared::language::Language;
use checkout_shared::route::{Capability, Route};
use worker::Request;

/// What is asked for.
pub struct Asked {
    /// An order token.
    pub order: Option<String>,
    /// A session that is open already, instead of an order.
    session: Option<String>,
    /// The provider's reference of the payment that a customer comes back from.
    pub payment: Option<String>,
    /// The origin of the page that embeds this one, unchecked: [`Self::embedder`].
    pub origin: Option<String>,
    /// The customer wants to choose another way to pay.
    pub changing: bool,
    /// The page stands in a dialog of the embedding page.
    pub modal: bool,
    /// How the embedding page wants it to look.
    pub theme: Theme,
    /// The language of `lang`, if it is one of ours.
    pub named: Option<Language>,
    /// The language to speak.
    pub language: Language,
}

/// No provider states a limit; this is a common one.
const MAX_RETURN_URL: usize = 255;

impl Asked {
    /// Reads a request's address and the languages its browser likes.
    pub fn read(request: &Request) -> ApiResult<Self> {
        let url = request.url()?;
        let stated = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        // The loader sends all it knows of, some of it empty.
        let parameter = |wanted: &str| stated(wanted).filter(|value| !value.is_empty());
        let named = parameter("lang").as_deref().and_then(Language::closest);
        let accepted = request.headers().get("accept-language")?;
        Ok(Self {
            order: parameter("order"),
            session: parameter("session"),
            payment: parameter("payment_id"),
            origin: parameter("origin"),
            changing: parameter("choose").as_deref() == Some("1"),
            modal: parameter("mode").as_deref() == Some("modal"),
            theme: Theme::read(parameter),
            named,
            language: named.unwrap_or_else(|| Language::choose(None, accepted.as_deref())),
        })
    }

    /// The origin of the page that embeds this one, if it may.
    pub fn embedder(&self, config: &Config) -> Option<&str> {
        self.origin.as_deref().filter(|origin| config.storefront_origins.iter().any(|listed| listed == origin))
    }

    /// The session asked for instead of an order, if any is: by the path of its page, or by what stands for it in there.
    pub fn session(&self) -> Option<ApiResult<Capability>> {
        self.session.as_ref().map(|named| {
            let page = if named.starts_with('/') { named.clone() } else { format!("{}/{named}", Route::Enter) };
            Capability::of_page(&page).ok_or_else(|| ApiError::new(ErrorCode::InvalidRequest, "This link names no session."))
        })
    }

    /// Where a provider's page leads back to: the page at this address, that it may speak and look as it did. Rather without its look than
    /// longer than a provider might take.
    pub fn return_url(&self, page: &str) -> String {
        let spoken = || self.named.map(|language| ("lang", language.tag().to_owned()));
        let with = |pairs: Vec<(&str, String)>| {
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            if query.is_empty() { page.to_owned() } else { format!("{page}?{query}") }
        };
        let whole = with(spoken().into_iter().chain(self.theme.parameters()).collect());
        if whole.len() <= MAX_RETURN_URL { whole } else { with(spoken().into_iter().collect()) }
    }

    /// What a reload has to ask for again.
    pub fn query(&self, config: &Config) -> Option<String> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.named.map(|language| ("lang", language.tag())));
        query.extend_pairs(self.embedder(config).map(|origin| ("origin", origin)));
        query.extend_pairs(self.modal.then_some(("mode", "modal")));
        query.extend_pairs(self.theme.parameters());
        Some(query.finish()).filter(|query| !query.is_empty())
    }
}
