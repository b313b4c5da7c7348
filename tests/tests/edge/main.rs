//! The edge on the real runtime (workerd under `wrangler dev`), spoken to as browsers, merchants and providers do.
//!
//! One stack serves all stories; each has an order of its own, so they run side by side. Those that stop the Worker or arm faults at
//! the simulator run after the others, one by one. `cargo verify edge` builds what this needs.

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
mod trouble;
mod watchers;

use checkout_tests::deadline::{self, Deadline};
use checkout_tests::stack::{Stack, StackOptions};
use client::Edge;
use libtest_mimic::{Arguments, Failed, Trial};
use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::RwLock;

/// What a story gives back.
type Told = Result<(), Failed>;
/// A story that leaves the stack as it is.
type Story = for<'a> fn(&'a Edge) -> Pin<Box<dyn Future<Output = Told> + Send + 'a>>;
/// A story that needs the stack for itself.
type LoneStory = for<'a> fn(&'a mut Stack) -> Pin<Box<dyn Future<Output = Told> + Send + 'a>>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // As many at once as two cores and one workerd bear; whoever needs the stack alone waits for the lock.
    arguments.test_threads.get_or_insert(4);
    if arguments.list {
        return libtest_mimic::run(&arguments, trials(&None)).exit_code();
    }
    let runtime = Runtime::new().expect("a runtime");
    let stack = match runtime.block_on(Stack::start(&StackOptions::named("edge-tests"))) {
        Ok(stack) => stack,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let shared = Arc::new((runtime, RwLock::new(stack)));
    let conclusion = libtest_mimic::run(&arguments, trials(&Some(Arc::clone(&shared))));
    // The stack must be dropped for its children to end, and inside its runtime.
    if let Ok((runtime, stack)) = Arc::try_unwrap(shared).map_err(drop) {
        let _inside = runtime.enter();
        drop(stack);
    }
    conclusion.exit_code()
}

type Shared = Option<Arc<(Runtime, RwLock<Stack>)>>;

fn trials(shared: &Shared) -> Vec<Trial> {
    let of_merchant = outgoing::STORIES.iter().chain(merchant::STORIES).chain(long_poll::STORIES);
    let of_customers =
        doors::STORIES.iter().chain(payments::STORIES).chain(languages::STORIES).chain(first_paint::STORIES).chain(no_script::STORIES);
    let together = of_customers.chain(providers::STORIES).chain(shipped::STORIES).chain(embedding::STORIES).chain(of_merchant);
    let mut trials: Vec<Trial> = together.map(|(name, story)| trial(name, *story, shared)).collect();
    // Limits come last: what they leave of a quota would not do for others.
    let of_days = endpoint::STORIES.iter().chain(retention::STORIES).chain(ledger_down::STORIES);
    let alone = trouble::STORIES.iter().chain(of_days).chain(watchers::STORIES).chain(faults::stories()).chain(limits::STORIES);
    trials.extend(alone.map(|(name, story)| lone_trial(name, *story, shared)));
    trials
}

fn trial(name: &str, story: Story, shared: &Shared) -> Trial {
    let (shared, named) = (shared.clone(), name.to_owned());
    Trial::test(name, move || {
        let (runtime, stack) = &**shared.as_ref().ok_or("no stack")?;
        runtime.block_on(async {
            let stack = stack.read().await;
            let _deadline = Deadline::set(&named, deadline::FOR_A_STORY);
            story(&Edge::of(&stack)).await
        })
    })
}

fn lone_trial(name: &str, story: LoneStory, shared: &Shared) -> Trial {
    let (shared, named) = (shared.clone(), name.to_owned());
    Trial::test(name, move || {
        let (runtime, stack) = &**shared.as_ref().ok_or("no stack")?;
        runtime.block_on(async {
            let mut stack = stack.write().await;
            let _deadline = Deadline::set(&named, deadline::FOR_A_STORY);
            story(&mut stack).await
        })
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
