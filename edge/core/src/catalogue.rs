//! All enabled providers' methods as one list: what several providers take stands once, with all who take it.

use crate::session::Offer;
use checkout_shared::method::Method;
use checkout_shared::provider::ProviderId;

/// Joins the providers' methods, the preferred provider first. The order of the list is that of the first provider, then what the
/// next ones add.
#[must_use]
pub fn unify(catalogues: Vec<(ProviderId, Vec<Method>)>) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for (provider, methods) in catalogues {
        for method in methods {
            match offers.iter_mut().find(|offer| offer.method.id == method.id) {
                Some(offer) if offer.providers.contains(&provider) => {}
                Some(offer) => offer.providers.push(provider),
                None => offers.push(Offer { method, providers: vec![provider] }),
            }
        }
    }
    offers
}
