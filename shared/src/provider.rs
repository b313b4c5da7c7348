//! The closed list of payment providers. Adding one starts here: the compiler then lists every place that must know it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A payment provider. Customers never see or choose one; merchants and operators do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderId {
    /// OxaPay: crypto by address on our page, or its hosted invoice page.
    Oxapay,
    /// OkiPays: crypto on its hosted page.
    Okipays,
    /// OceanEx Pay: crypto by address on our page, priced in the coin itself.
    Oceanex,
    /// Onecheckout: cards and PayPal on its hosted page.
    Onecheckout,
}

impl ProviderId {
    /// Every provider, in the order in which they are preferred when nothing else is configured.
    pub const ALL: &[Self] = &[Self::Oxapay, Self::Okipays, Self::Oceanex, Self::Onecheckout];

    /// The name in paths, configuration and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oxapay => "oxapay",
            Self::Okipays => "okipays",
            Self::Oceanex => "oceanex",
            Self::Onecheckout => "onecheckout",
        }
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProviderId {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|id| id.as_str() == name).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compiler asks for a name and not for a place in `ALL`; serde knows every variant there is.
    #[test]
    fn all_are_all_and_serde_names_them_alike() {
        let told = serde_json::from_str::<ProviderId>("\"nobody\"").unwrap_err().to_string();
        let known: Vec<&str> = told.split('`').skip(3).step_by(2).collect();
        let all: Vec<&str> = ProviderId::ALL.iter().map(|id| id.as_str()).collect();
        assert_eq!(all, known, "{told}");
    }
}
