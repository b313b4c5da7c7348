//! Measurements on the real runtime, for `cargo measure`. They print what they find and judge nothing; what must hold is held by tests.

pub mod crowd;
pub mod live;
pub mod page;
mod shop;
mod spread;

pub use spread::Spread;
