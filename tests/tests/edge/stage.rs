//! The stacks that stories are told on: one that serves all who leave it as it is, and as many more as there are stories at once that need
//! one for themselves. Each is started when it is first needed, and used again.

use crate::Told;
use crate::client::check;
use checkout_tests::problem::Outcome;
use checkout_tests::stack::{Stack, StackOptions};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// See above.
pub struct Stage {
    /// What stories run on.
    pub runtime: Runtime,
    shared: OnceCell<Stack>,
    /// Those that no story has now.
    free: Mutex<Vec<Stack>>,
    started: AtomicU32,
}

impl Stage {
    /// Nothing is started yet.
    pub fn new() -> Self {
        Self {
            runtime: Runtime::new().expect("a runtime"),
            shared: OnceCell::new(),
            free: Mutex::new(Vec::new()),
            started: AtomicU32::new(0),
        }
    }

    /// The one for all.
    pub async fn shared(&self) -> Outcome<&Stack> {
        self.shared.get_or_try_init(|| self.start()).await
    }

    /// One for oneself.
    pub async fn lone(&self) -> Outcome<Stack> {
        let free = self.free().pop();
        match free {
            Some(stack) => Ok(stack),
            None => self.start().await,
        }
    }

    /// It can serve another story. (One whose story has failed does not come back, but ends.)
    pub fn give_back(&self, stack: Stack) {
        self.free().push(stack);
    }

    fn free(&self) -> MutexGuard<'_, Vec<Stack>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn start(&self) -> Outcome<Stack> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Stack::start(&StackOptions::named(&format!("edge-tests-{number}"))).await
    }
}

/// No key is in what the Worker has logged since it was started.
pub fn keeps_its_secrets(stack: &Stack) -> Told {
    let log = std::fs::read_to_string(stack.worker_log())?;
    check(!stack.secrets.values().any(|secret| log.contains(secret)), "a key in the log")
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Their children end with them, which needs the runtime.
        let _inside = self.runtime.enter();
        self.shared.take();
        self.free().clear();
    }
}
