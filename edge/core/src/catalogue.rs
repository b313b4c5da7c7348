//! All enabled providers' methods as one list: what several providers take stands once, with all who take it.

use crate::provider::Listing;
use crate::providers;
use crate::session::{Offer, Taker};
use crate::settings::Settings;
use checkout_shared::method::{MethodId, Page};
use checkout_shared::provider::ProviderId;

/// Which provider is asked first for a method that several take. What it says nothing of goes by the order of [`ProviderId::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preference(Vec<(MethodId, Vec<ProviderId>)>);

impl Preference {
    /// Reads `PREFERENCE`: methods and their providers, the preferred one first, e.g. `page:crypto=okipays,oxapay USDT:tron=oxapay`.
    pub fn configured(settings: &mut Settings<'_>) -> Self {
        let stated = settings.optional("PREFERENCE").unwrap_or_default();
        let read = stated.split_whitespace().map(|entry| {
            let (method, providers) = entry.split_once('=')?;
            let providers: Option<Vec<ProviderId>> = providers.split(',').map(|name| name.parse().ok()).collect();
            Some((method.parse().ok()?, providers?))
        });
        let Some(preferences) = read.collect() else {
            settings.problem("PREFERENCE", "must be methods with their providers, e.g. page:crypto=okipays,oxapay");
            return Self::default();
        };
        Self(preferences)
    }

    /// The place of a provider among those who take a method: the lower the sooner.
    fn place(&self, method: &MethodId, provider: ProviderId) -> usize {
        let stated = self.0.iter().find(|(stated, _)| stated == method).map_or(&[][..], |(_, providers)| providers);
        stated.iter().position(|preferred| *preferred == provider).unwrap_or(usize::MAX)
    }
}

/// Joins the providers' methods. Cards come first, for most people have one; then coins in the order of the first provider, then what
/// the next ones add; then the page on which any coin can be chosen.
#[must_use]
pub fn unify(catalogues: Vec<(ProviderId, Vec<Listing>)>, preference: &Preference) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for (provider, listings) in catalogues {
        for Listing { method, priced_in } in listings {
            let taker = Taker { provider, priced_in, notifies: providers::signs_notifications(provider), minimum: method.minimum };
            match offers.iter_mut().find(|offer| offer.method.id == method.id) {
                Some(offer) if offer.takers.iter().any(|known| known.provider == provider) => {}
                Some(offer) => {
                    // The least of them; none where one names none.
                    offer.method.minimum = offer.method.minimum.min(method.minimum);
                    offer.takers.push(taker);
                }
                None => offers.push(Offer { method, takers: vec![taker] }),
            }
        }
    }
    offers.sort_by_key(|offer| match offer.method.id {
        MethodId::Page(Page::Card) => 0,
        MethodId::Coin { .. } => 1,
        MethodId::Page(Page::Crypto) => 2,
    });
    for offer in &mut offers {
        offer.takers.sort_by_key(|taker| preference.place(&offer.method.id, taker.provider));
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout_shared::method::Method;
    use checkout_shared::money::Amount;

    fn listing(id: &str) -> Listing {
        Listing { method: Method { id: id.parse().unwrap(), name: None, minimum: None, confirmations: None }, priced_in: None }
    }

    fn preference(stated: &str) -> Result<Preference, Vec<String>> {
        let stated = stated.to_owned();
        let look_up = |name: &str| (name == "PREFERENCE").then(|| stated.clone());
        let mut settings = Settings::new(&look_up);
        let preference = Preference::configured(&mut settings);
        let problems = settings.into_problems();
        if problems.is_empty() { Ok(preference) } else { Err(problems) }
    }

    fn joined(stated: &str) -> Vec<(String, Vec<ProviderId>)> {
        let catalogues = vec![
            (ProviderId::Oxapay, vec![listing("USDT:tron"), listing("page:crypto")]),
            (ProviderId::Okipays, vec![listing("page:crypto"), listing("USDT:tron"), listing("BTC:bitcoin"), listing("BTC:bitcoin")]),
            (ProviderId::Onecheckout, vec![listing("page:card")]),
        ];
        let offers = unify(catalogues, &preference(stated).unwrap());
        offers.into_iter().map(|offer| (offer.method.id.to_string(), offer.takers.iter().map(|taker| taker.provider).collect())).collect()
    }

    #[test]
    fn what_several_take_stands_once_in_the_order_of_the_first() {
        let both = vec![ProviderId::Oxapay, ProviderId::Okipays];
        let expected = [
            ("page:card", vec![ProviderId::Onecheckout]),
            ("USDT:tron", both.clone()),
            ("BTC:bitcoin", vec![ProviderId::Okipays]),
            ("page:crypto", both),
        ];
        assert_eq!(joined(""), expected.map(|(id, takers)| (id.to_owned(), takers)));
    }

    #[test]
    fn each_taker_keeps_its_own_minimum_and_the_method_has_the_least_if_all_name_one() {
        let listing = |minimum: Option<&str>| Listing {
            method: Method { minimum: minimum.map(|minimum| Amount::parse(minimum).unwrap()), ..listing("USDT:tron").method },
            priced_in: None,
        };
        let text = |minimum: Option<Amount>| minimum.map(|minimum| minimum.to_string());
        for (second, least) in [(Some("1"), Some("0.5")), (None, None)] {
            let stated = [(ProviderId::Oxapay, Some("5")), (ProviderId::Okipays, second), (ProviderId::Oceanex, Some("0.5"))];
            let catalogues = stated.map(|(provider, minimum)| (provider, vec![listing(minimum)])).to_vec();
            let offers = unify(catalogues, &Preference::default());
            assert_eq!(text(offers[0].method.minimum).as_deref(), least);
            let kept: Vec<_> = offers[0].takers.iter().map(|taker| (taker.provider, text(taker.minimum))).collect();
            assert_eq!(kept, stated.map(|(provider, minimum)| (provider, minimum.map(str::to_owned))));
        }
    }

    #[test]
    fn the_merchant_says_who_is_asked_first() {
        let joined = joined("page:crypto=okipays  BTC:bitcoin=oxapay");
        assert_eq!(joined[3].1, [ProviderId::Okipays, ProviderId::Oxapay]);
        assert_eq!(joined[1].1, [ProviderId::Oxapay, ProviderId::Okipays]);
    }

    #[test]
    fn a_preference_that_cannot_be_read_is_a_problem() {
        for stated in ["page:crypto", "page:crypto=", "page:crypto=nobody", "page=okipays", "page:crypto:okipays"] {
            assert!(preference(stated).unwrap_err()[0].contains("PREFERENCE"), "{stated}");
        }
    }
}
