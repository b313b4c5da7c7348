//! The edge on the real runtime (workerd under `wrangler dev`), spoken to as browsers, merchants and providers do.
//!
//! One stack serves most stories; each has an order of its own, so they run side by side. Those that stop the Worker or arm faults at the
//! simulators come after them, each with a stack for itself (`stage.rs`). `cargo verify edge` builds what this needs.

mod client;
mod doors;
mod embedding;
mod endpoint;
mod faults;
mod first_paint;
mod languages;
mod ledger_down;
mod limits;
mod long_poll;
mod merchant;
mod no_script;
mod outgoing;
mod payments;
mod providers;
mod retention;
mod shipped;
mod stage;
mod trouble;
mod watchers;

use checkout_tests::deadline::{self, Deadline};
use checkout_tests::stack::Stack;
use client::Edge;
use libtest_mimic::{Arguments, Failed, Trial};
use stage::{Stage, keeps_its_secrets};
use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

/// What a story gives back.
type Told = Result<(), Failed>;
/// A story that leaves the stack as it is.
type Story = for<'a> fn(&'a Edge) -> Pin<Box<dyn Future<Output = Told> + Send + 'a>>;
/// A story that needs a stack for itself.
type LoneStory = for<'a> fn(&'a mut Stack) -> Pin<Box<dyn Future<Output = Told> + Send + 'a>>;
/// A story that starts a stack as it needs it, and is given a name for it.
type OwnStory = for<'a> fn(&'a str) -> Pin<Box<dyn Future<Output = Told> + Send + 'a>>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Stories wait more than they work: as many at once as two cores bear.
    arguments.test_threads.get_or_insert(4);
    let stage = Arc::new(Stage::new());
    libtest_mimic::run(&arguments, trials(&stage)).exit_code()
}

fn trials(stage: &Arc<Stage>) -> Vec<Trial> {
    let of_merchant = outgoing::STORIES.iter().chain(merchant::STORIES).chain(long_poll::STORIES);
    let of_customers =
        doors::STORIES.iter().chain(payments::STORIES).chain(languages::STORIES).chain(first_paint::STORIES).chain(no_script::STORIES);
    let together = of_customers.chain(providers::STORIES).chain(shipped::STORIES).chain(embedding::STORIES).chain(of_merchant);
    let mut trials: Vec<Trial> = together.map(|(name, story)| trial(name, *story, stage)).collect();
    // The longest come first. Limits come last: what they leave of a quota would not do for others.
    let own = faults::STORIES.iter().chain(endpoint::STORIES).chain(retention::STORIES).chain(ledger_down::STORIES);
    trials.extend(own.map(|(name, story)| own_trial(name, *story, stage)));
    let alone = faults::fallback::STORIES.iter().chain(trouble::STORIES).chain(watchers::STORIES).chain(limits::STORIES);
    trials.extend(alone.map(|(name, story)| lone_trial(name, *story, stage)));
    trials
}

fn trial(name: &str, story: Story, stage: &Arc<Stage>) -> Trial {
    let (stage, named) = (Arc::clone(stage), name.to_owned());
    Trial::test(name, move || {
        stage.runtime.block_on(async {
            let stack = stage.shared().await?;
            let _deadline = Deadline::set(&named, deadline::FOR_A_STORY);
            story(&Edge::of(stack)).await?;
            keeps_its_secrets(stack)
        })
    })
}

fn lone_trial(name: &str, story: LoneStory, stage: &Arc<Stage>) -> Trial {
    let (stage, named) = (Arc::clone(stage), name.to_owned());
    Trial::test(name, move || {
        // A stack ends inside its runtime, also when a story panics.
        let _inside = stage.runtime.enter();
        stage.runtime.block_on(async {
            let mut stack = stage.lone().await?;
            let deadline = Deadline::set(&named, deadline::FOR_A_STORY);
            let told = story(&mut stack).await.and_then(|()| keeps_its_secrets(&stack));
            drop(deadline);
            // What a story leaves that has failed is not for others.
            if told.is_ok() {
                stage.give_back(stack);
            }
            told
        })
    })
}

fn own_trial(name: &'static str, story: OwnStory, stage: &Arc<Stage>) -> Trial {
    let stage = Arc::clone(stage);
    Trial::test(name, move || {
        let _inside = stage.runtime.enter();
        let _deadline = Deadline::set(name, deadline::FOR_A_STORY);
        stage.runtime.block_on(story(name))
    })
}

/// Lists stories by their functions' names.
#[macro_export]
macro_rules! stories {
    ($kind:ty: $($name:ident),+ $(,)?) => {
        /// The stories of this file.
        pub const STORIES: &[(&str, $kind)] = &[$((stringify!($name), |stage| Box::pin($name(stage)))),+];
    };
}
