//! JavaScript: QuickJS with the part of Node.js that a beginner's programs use, and no way to the outside.

mod host;

use std::process::ExitCode;

use rquickjs::context::EvalOptions;
use rquickjs::promise::PromiseState;
use rquickjs::{Context, Ctx, Error, Function, Object, Persistent, Promise, Runtime, Value};

use crate::Language;
use crate::order::{OUT_OF_MEMORY, READY};

/// The deepest that calls may nest; the thread's own stack is 8 MiB.
const STACK_BYTES: usize = 6 * 1024 * 1024;

/// What the engine may use on top of the program's bound, to tell that the bound was reached.
const REPORT_BYTES: usize = 4 * 1024 * 1024;

/// The exit code of Node.js for a program that awaits what never comes.
const NEVER_SETTLED: u8 = 13;

/// The files that make up what a program finds, each a function of the host and of what the files before it gave.
const PRELUDE: [(&str, &str); 4] = [
    ("inspect", include_str!("inspect.js")),
    ("console", include_str!("console.js")),
    ("locale", include_str!("locale.js")),
    ("events", include_str!("events.js")),
];

/// An engine that is ready to run one program.
pub(crate) struct Engine {
    runtime: Runtime,
    context: Context,
    hooks: Persistent<Object<'static>>,
    memory_bytes: usize,
}

impl Engine {
    /// Makes an engine whose programs may use so much memory.
    ///
    /// # Errors
    /// When there is no memory for the engine itself.
    pub fn new(memory_bytes: u64) -> Result<Self, Error> {
        let memory_bytes = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(memory_bytes);
        runtime.set_max_stack_size(STACK_BYTES);
        let context = Context::full(&runtime)?;
        let hooks = context.with(|ctx| -> Result<_, Error> {
            let hooks = host::functions(&ctx)?;
            for (name, source) in PRELUDE {
                let part: Function = ctx.eval_with_options(source, options(&format!("<{name}>"), true))?;
                part.call::<_, ()>((hooks.clone(),))?;
            }
            Ok(Persistent::save(&ctx, hooks))
        })?;
        let rejected = hooks.clone();
        runtime.set_host_promise_rejection_tracker(Some(Box::new(move |ctx, promise, reason, handled| {
            let hook = rejected.clone().restore(&ctx).and_then(|hooks| hooks.get::<_, Function>("rejected"));
            // Where even this fails there is no memory left, and the program's next step will say so.
            let _ = hook.and_then(|hook| hook.call::<_, ()>((promise, reason, handled)));
        })));
        Ok(Self { runtime, context, hooks, memory_bytes })
    }

    /// Runs a program until nothing is left to do. The process must end with the code that comes back.
    pub fn run(self, source: Vec<u8>) -> ExitCode {
        host::print(1, &[READY]);
        let ended = self.context.with(|ctx| {
            let ended = self.hooks.clone().restore(&ctx).and_then(|hooks| self.drive(&ctx, &hooks, source));
            ended.unwrap_or_else(|error| self.uncaught(&ctx, &error))
        });
        // Not a word about what the engine still holds: the process ends now, and everything with it.
        std::process::exit(ended.into())
    }

    /// Compiles a program and says what is wrong with it.
    pub fn parse(self, source: Vec<u8>) -> ExitCode {
        host::print(1, &[READY]);
        let ended = self.context.with(|ctx| {
            // Nothing of the program runs, since it begins by throwing; only its own directive may come first.
            let strict = source.trim_ascii_start().starts_with(b"\"use strict\"")
                || source.trim_ascii_start().starts_with(b"'use strict'");
            let mut guarded = if strict { b"'use strict';throw 0;".to_vec() } else { b"throw 0;".to_vec() };
            guarded.extend(source);
            let tried = evaluate(&ctx, guarded).and_then(|promise| promise.result::<Value>().unwrap_or(Err(Error::Unknown)));
            match tried {
                Err(Error::Exception) => {
                    let thrown = ctx.catch();
                    if thrown.is_int() { 0 } else { self.tell(&ctx, thrown) }
                }
                Err(error) => self.uncaught(&ctx, &error),
                Ok(_) => 0,
            }
        });
        std::process::exit(ended.into())
    }

    /// The event loop: the program, then microtasks, then the next timer, until none is left.
    fn drive<'js>(&self, ctx: &Ctx<'js>, hooks: &Object<'js>, source: Vec<u8>) -> Result<u8, Error> {
        let turn: Function = hooks.get("turn")?;
        let tick: Function = hooks.get("tick")?;
        let settle: Function = hooks.get("settle")?;
        let main = evaluate(ctx, source)?;
        if main.state() == PromiseState::Rejected {
            main.result::<Value>().unwrap_or(Err(Error::Unknown))?;
        }
        loop {
            while tick.call::<_, bool>(())? || ctx.execute_pending_job() {
                while ctx.execute_pending_job() {}
            }
            if main.state() == PromiseState::Rejected {
                main.result::<Value>().unwrap_or(Err(Error::Unknown))?;
            }
            settle.call::<_, ()>(())?;
            if !turn.call::<_, bool>(())? {
                break;
            }
        }
        if main.state() == PromiseState::Pending {
            host::print(2, b"Warning: the program still waits at an `await` for something that never comes.\n");
            return Ok(NEVER_SETTLED);
        }
        hooks.get("exitCode").map(|code: i32| code.to_le_bytes()[0])
    }

    /// Tells what was thrown, and gives the exit code that fits.
    fn uncaught(&self, ctx: &Ctx<'_>, error: &Error) -> u8 {
        match error {
            Error::Exception => self.tell(ctx, ctx.catch()),
            error => {
                host::print(2, format!("{error}\n").as_bytes());
                1
            }
        }
    }

    fn tell<'js>(&self, ctx: &Ctx<'js>, thrown: Value<'js>) -> u8 {
        // Where no memory was left even for the error, nothing is what was thrown.
        let used = usize::try_from(self.runtime.memory_usage().malloc_size).unwrap_or(0);
        let full = thrown.is_null() && used > self.memory_bytes / 10 * 9;
        self.runtime.set_memory_limit(self.memory_bytes.saturating_add(REPORT_BYTES));
        let told = self.hooks.clone().restore(ctx).and_then(|hooks| {
            hooks.get::<_, Function>("uncaught").and_then(|tell| tell.call::<_, u8>((thrown,)))
        });
        match told {
            Ok(_) | Err(_) if full => OUT_OF_MEMORY,
            Ok(code) => code,
            Err(_) => {
                host::print(2, b"The program failed with an error that cannot be shown.\n");
                1
            }
        }
    }
}

/// Evaluates the program. What comes back settles when its last top-level `await` does.
fn evaluate<'js>(ctx: &Ctx<'js>, source: Vec<u8>) -> Result<Promise<'js>, Error> {
    // A script is looser than a module, and what a beginner writes is looser still: only what must be one becomes one.
    let module = std::str::from_utf8(&source).is_ok_and(|text| {
        text.lines().any(|line| ["import ", "import{", "export ", "export{"].iter().any(|word| line.starts_with(word)))
    });
    let mut options = options(Language::JavaScript.file_name(), !module);
    options.promise = !module;
    ctx.eval_with_options(source, options)
}

fn options(file_name: &str, script: bool) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.global = script;
    options.strict = false;
    options.filename = Some(file_name.to_owned());
    options
}
