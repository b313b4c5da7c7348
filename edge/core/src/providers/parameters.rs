//! The parameters of a vendor's own call ([`crate::provider::Provider::call`]), checked before anything is sent: the field at fault is
//! named, so that a mistyped one never passes for "no such filter". What the parameters mean is each vendor's file's business.

use crate::provider::{DocumentedCall, MadeBy, Parameters, ProviderError};
use std::borrow::Cow;

/// Parameters that the call has, with their values still to be checked.
#[derive(Clone, Copy)]
pub(super) struct Checked<'a>(&'a Parameters);

/// The parameters of a call by its name. No such call is unsupported; a parameter that the call does not have is refused.
pub(super) fn checked<'a>(calls: &[DocumentedCall], name: &str, parameters: &'a Parameters) -> Result<Checked<'a>, ProviderError> {
    let known = calls.iter().filter(|call| call.name == name).find_map(|call| match call.made_by {
        MadeBy::Call(names) => Some(names),
        MadeBy::Operations(_) | MadeBy::Vendor => None,
    });
    let known = known.ok_or_else(|| ProviderError::Unsupported { what: Cow::Owned(name.chars().take(40).collect()) })?;
    match parameters.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(ProviderError::refused(unknown, "this call has no such parameter")),
        None => Ok(Checked(parameters)),
    }
}

impl<'a> Checked<'a> {
    /// Any text but a blank one.
    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, ProviderError> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        if text.trim().is_empty() { Err(ProviderError::refused(name, "is empty")) } else { Ok(Some(text)) }
    }

    /// A text that must be there.
    pub(super) fn required(self, name: &str) -> Result<&'a str, ProviderError> {
        self.text(name)?.ok_or_else(|| ProviderError::refused(name, "is required"))
    }

    /// One of some words.
    pub(super) fn word(self, name: &str, words: &[&str]) -> Result<Option<&'a str>, ProviderError> {
        match self.text(name)? {
            Some(word) if !words.contains(&word) => Err(ProviderError::refused(name, &format!("must be one of: {}", words.join(", ")))),
            word => Ok(word),
        }
    }

    /// A whole number within bounds.
    pub(super) fn whole(self, name: &str, least: u32, most: u32) -> Result<Option<u32>, ProviderError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        let refused = || ProviderError::refused(name, &format!("must be a whole number from {least} to {most}"));
        number.map(Some).ok_or_else(refused)
    }

    /// A truth value.
    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, ProviderError> {
        Ok(self.word(name, &["true", "false"])?.map(|word| word == "true"))
    }
}
