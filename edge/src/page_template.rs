//! The built page in each language, with that language's texts as the widget's components read them. It all belongs to the same deployment
//! as this code, so it is made once an isolate.

use crate::error::{ApiError, ApiResult};
use crate::router::Call;
use checkout_core::page::{PageError, Template, Texts};
use checkout_shared::language::Language;
use checkout_widget::messages::Messages;
use futures_util::future::try_join3;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The page in one language. Copies are cheap and share it.
#[derive(Clone)]
pub struct Spoken {
    /// The page's text.
    pub template: Rc<Template>,
    /// The words.
    pub messages: Messages,
}

thread_local! {
    static KNOWN: RefCell<BTreeMap<Language, Spoken>> = const { RefCell::new(BTreeMap::new()) };
}

/// The page in a language.
pub async fn spoken(language: Language, call: &Call) -> ApiResult<Spoken> {
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&language).cloned()) {
        return Ok(known);
    }
    let texts = format!("messages/{}.json", language.tag());
    let (html, styles, texts) = try_join3(asset("index.html", call), asset("checkout.css", call), asset(&texts, call)).await?;
    let faulty = |error: PageError| ApiError::internal(error.to_string());
    let texts = Texts::read(language, &texts).map_err(faulty)?;
    let messages = Messages::parse(texts.list()).ok_or_else(|| ApiError::internal("the texts are no list"))?;
    let template = Rc::new(Template::new(&html, &styles, &texts).map_err(faulty)?);
    let made = Spoken { template, messages };
    KNOWN.with_borrow_mut(|known| known.insert(language, made.clone()));
    Ok(made)
}

async fn asset(path: &str, call: &Call) -> ApiResult<String> {
    let mut response = call.env.assets("ASSETS")?.fetch(format!("https://assets/{path}"), None).await?;
    if response.status_code() != 200 {
        return Err(ApiError::internal(format!("{path} is missing from the assets ({})", response.status_code())));
    }
    Ok(response.text().await?)
}
