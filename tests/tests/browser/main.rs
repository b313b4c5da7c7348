//! Whole stories in a real browser: through the demo storefront, into the checkout it embeds, to the simulated provider and back.
//! Told by what a person reads and presses, and by what the provider was sent.
//!
//! A story is a function of a stack and a device in the file of its theme, listed there by [`stories!`] with the devices it is told on;
//! [`customer`] has what stories share. One stack serves them all, each has an order and a browser of its own, so they run side by side;
//! a story that stops the Worker or sets a provider's pace starts a stack for itself. `cargo verify browser` builds what this needs;
//! `cargo test --package checkout-tests --test browser -- NAME` tells a single story again. Pictures of each state are left in
//! `target/screenshots/`.

mod access;
mod clipboard;
mod coins;
mod customer;
mod embedding;
mod hosted_pages;
mod interrupted;
mod keyboard;
mod languages;
mod reloads;
mod returning;
mod strict_page;
mod tabs;
mod without_script;
mod without_widget;

use checkout_tests::browser::Device;
use checkout_tests::deadline::{self, Deadline};
use checkout_tests::problem::Outcome;
use checkout_tests::stack::{Stack, StackOptions};
use libtest_mimic::{Arguments, Failed, Trial};
use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// A story, told on a device. `Send`, so that none holds a simulator's lock while it waits for what needs that simulator.
type Story = for<'a> fn(&'a Stack, Device) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;
/// Its name, where it is told, and itself.
type Listed = (&'static str, &'static [Device], Story);

/// Where a story is told that is about one size of screen or about none.
const PHONE: &[Device] = &[Device::Phone];
const DESKTOP: &[Device] = &[Device::Desktop];
const EVERYWHERE: &[Device] = &[Device::Phone, Device::Desktop];

/// All stories by their files, the longest first.
const STORIES: &[&[Listed]] = &[
    reloads::STORIES,
    interrupted::STORIES,
    coins::STORIES,
    embedding::STORIES,
    access::STORIES,
    without_widget::STORIES,
    without_script::STORIES,
    languages::STORIES,
    returning::STORIES,
    hosted_pages::STORIES,
    tabs::STORIES,
    keyboard::STORIES,
    strict_page::STORIES,
    clipboard::STORIES,
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Stories wait more than they work: as many at once as two cores bear.
    arguments.test_threads.get_or_insert(4);
    if arguments.list {
        return libtest_mimic::run(&arguments, trials(None)).exit_code();
    }
    let runtime = Runtime::new().expect("a runtime");
    let stack = match runtime.block_on(Stack::start(&StackOptions::named("browser-tests"))) {
        Ok(stack) => stack,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let shared = Arc::new((runtime, stack));
    let conclusion = libtest_mimic::run(&arguments, trials(Some(&shared)));
    // The stack must be dropped for its children to end, and inside its runtime.
    if let Ok((runtime, stack)) = Arc::try_unwrap(shared).map_err(drop) {
        let _inside = runtime.enter();
        drop(stack);
    }
    conclusion.exit_code()
}

type Shared = Arc<(Runtime, Stack)>;

fn trials(shared: Option<&Shared>) -> Vec<Trial> {
    let listed = STORIES.iter().copied().flatten();
    listed.flat_map(|(name, devices, story)| devices.iter().map(|device| trial(name, *device, *story, shared.cloned()))).collect()
}

fn trial(name: &str, device: Device, story: Story, shared: Option<Shared>) -> Trial {
    let name = format!("{name}::{device}");
    Trial::test(name.clone(), move || {
        let _deadline = Deadline::set(&name, deadline::FOR_A_STORY);
        let (runtime, stack) = &**shared.as_ref().ok_or("no stack")?;
        runtime.block_on(story(stack, device)).map_err(Failed::from)
    })
}

/// Lists stories by their functions' names, with the devices they are told on.
#[macro_export]
macro_rules! stories {
    ($($name:ident: $devices:ident),+ $(,)?) => {
        /// The stories of this file.
        pub const STORIES: &[$crate::Listed] = &[$((stringify!($name), $crate::$devices, |stack, device| Box::pin($name(stack, device)))),+];
    };
}
