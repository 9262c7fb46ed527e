//! JavaScript: QuickJS with the part of Node.js that a beginner's programs use, and no way to the outside.

mod host;

use rquickjs::context::EvalOptions;
use rquickjs::promise::PromiseState;
use rquickjs::{Context, Ctx, Error, Function, Object, Persistent, Promise, Runtime, Value};

use crate::Language;
use crate::order::{OUT_OF_MEMORY, READY};

/// How deep calls may nest, about as deep as in Node.js; the thread's own stack is twice as large.
const STACK_BYTES: usize = 16 * 1024 * 1024;

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

    /// Runs a program until nothing is left to do, and ends the process with its exit code.
    pub fn run(self, source: Vec<u8>) -> ! {
        host::print(1, &[READY]);
        let end = self.context.with(|ctx| {
            let ended = self.hooks.clone().restore(&ctx).and_then(|hooks| drive(&ctx, &hooks, source));
            ended.map_or_else(|error| End::of(&ctx, error), End::Code)
        });
        self.conclude(end)
    }

    /// Compiles a program, says what is wrong with it, and ends the process.
    pub fn parse(self, source: &[u8]) -> ! {
        host::print(1, &[READY]);
        let end = self.context.with(|ctx| {
            let module = is_module(source);
            match evaluate(&ctx, guarded(source), module).and_then(|main| settled(&main)) {
                Ok(()) => End::Code(0),
                Err(Error::Exception) => {
                    let thrown = ctx.catch();
                    // A module that is not there is not a matter of grammar.
                    let grammar = !thrown.is_null() && name_of(&thrown).as_deref() != Some("ReferenceError");
                    if grammar { End::thrown(&ctx, thrown) } else { End::Code(0) }
                }
                Err(error) => End::Broken(error),
            }
        });
        self.conclude(end)
    }

    /// Tells what was thrown, if anything was, and ends the process: not a word about what the engine still holds.
    fn conclude(self, end: End) -> ! {
        let code = match end {
            End::Code(code) => code,
            End::Broken(error) => {
                host::print(2, format!("{error}\n").as_bytes());
                1
            }
            End::Thrown(thrown, nothing) => self.tell(thrown, nothing),
        };
        std::process::exit(code.into())
    }

    fn tell(&self, thrown: Persistent<Value<'static>>, nothing: bool) -> u8 {
        // Where no memory was left even for the error, nothing is what was thrown.
        let used = usize::try_from(self.runtime.memory_usage().malloc_size).unwrap_or(0);
        if nothing && used > self.memory_bytes / 10 * 9 {
            host::print(2, b"InternalError: out of memory\n");
            return OUT_OF_MEMORY;
        }
        self.runtime.set_memory_limit(self.memory_bytes.saturating_add(REPORT_BYTES));
        let told = self.context.with(|ctx| {
            let tell: Function = self.hooks.clone().restore(&ctx)?.get("uncaught")?;
            tell.call::<_, u8>((thrown.restore(&ctx)?,))
        });
        match told {
            Ok(code) => code,
            Err(_) => {
                host::print(2, b"The program failed with an error that cannot be shown.\n");
                1
            }
        }
    }
}

/// How a program came to its end.
enum End {
    Code(u8),
    /// With what it threw, and whether that is nothing at all.
    Thrown(Persistent<Value<'static>>, bool),
    Broken(Error),
}

impl End {
    fn of(ctx: &Ctx<'_>, error: Error) -> Self {
        match error {
            Error::Exception => Self::thrown(ctx, ctx.catch()),
            error => Self::Broken(error),
        }
    }

    fn thrown<'js>(ctx: &Ctx<'js>, thrown: Value<'js>) -> Self {
        let nothing = thrown.is_null();
        Self::Thrown(Persistent::save(ctx, thrown), nothing)
    }
}

/// The event loop: the program, then microtasks, then the next timer, until none is left. Gives the exit code.
fn drive<'js>(ctx: &Ctx<'js>, hooks: &Object<'js>, source: Vec<u8>) -> Result<u8, Error> {
    let turn: Function = hooks.get("turn")?;
    let tick: Function = hooks.get("tick")?;
    let settle: Function = hooks.get("settle")?;
    let module = is_module(&source);
    let main = evaluate(ctx, source, module)?;
    settled(&main)?;
    loop {
        while tick.call::<_, bool>(())? || ctx.execute_pending_job() {
            while ctx.execute_pending_job() {}
        }
        settled(&main)?;
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

/// Throws what the program threw, if it has ended that way.
fn settled(main: &Promise<'_>) -> Result<(), Error> {
    match main.result::<Value>() {
        Some(Err(error)) => Err(error),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// The program with a first statement that throws nothing, so that it is compiled and nothing of it runs. Only its own
/// directive may come before.
fn guarded(source: &[u8]) -> Vec<u8> {
    let text = source.trim_ascii_start();
    let strict = text.starts_with(b"\"use strict\"") || text.starts_with(b"'use strict'");
    let guard: &[u8] = if strict { b"'use strict';throw null;" } else { b"throw null;" };
    [guard, source].concat()
}

/// A script is looser than a module, and what a beginner writes is looser still: only what must be one becomes one.
fn is_module(source: &[u8]) -> bool {
    let words = ["import ", "import{", "export ", "export{"];
    std::str::from_utf8(source)
        .is_ok_and(|text| text.lines().any(|line| words.iter().any(|word| line.starts_with(word))))
}

/// Evaluates the program. What comes back settles when its last top-level `await` does.
fn evaluate<'js>(ctx: &Ctx<'js>, source: Vec<u8>, module: bool) -> Result<Promise<'js>, Error> {
    let mut options = options(Language::JavaScript.file_name(), !module);
    options.promise = !module;
    ctx.eval_with_options(source, options)
}

/// The name of an error.
fn name_of(thrown: &Value<'_>) -> Option<String> {
    thrown.as_object()?.get("name").ok()
}

fn options(file_name: &str, script: bool) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.global = script;
    options.strict = false;
    options.filename = Some(file_name.to_owned());
    options
}
