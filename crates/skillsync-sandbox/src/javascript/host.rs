//! The few functions that JavaScript gets from the outside: to print, to read a line, to look into a promise, to end.

use std::io::{self, BufRead, Write};

use rquickjs::promise::PromiseState;
use rquickjs::{Array, Ctx, Error, Function, Object, Promise, Value};

/// An object with these functions, to which the prelude adds its own.
pub(super) fn functions<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>, Error> {
    let host = Object::new(ctx.clone())?;
    host.set("print", Function::new(ctx.clone(), |descriptor: i32, text: String| print(descriptor, text.as_bytes()))?)?;
    host.set("readLine", Function::new(ctx.clone(), read_line)?)?;
    host.set("promiseState", Function::new(ctx.clone(), promise_state)?)?;
    host.set("exit", Function::new(ctx.clone(), exit)?)?;
    Ok(host)
}

/// Prints at once, so that nothing is lost when the process is killed. Nobody listening is no error of the program.
pub(super) fn print(descriptor: i32, bytes: &[u8]) {
    let _ = match descriptor {
        1 => io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()),
        _ => io::stderr().write_all(bytes),
    };
}

/// Ends the process at once, whatever the program still waits for.
fn exit(code: i32) {
    std::process::exit(code);
}

/// The next line of standard input without its end; none when there is no more.
fn read_line() -> Option<String> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned())
}

/// How a promise stands and what with: `["pending"]`, `["fulfilled", value]` or `["rejected", reason]`.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands its values over")]
fn promise_state<'js>(ctx: Ctx<'js>, promise: Promise<'js>) -> Result<Array<'js>, Error> {
    let state = Array::new(ctx.clone())?;
    state.set(
        0,
        match promise.state() {
            PromiseState::Pending => "pending",
            PromiseState::Resolved => "fulfilled",
            PromiseState::Rejected => "rejected",
        },
    )?;
    match promise.result::<Value>() {
        None => {}
        Some(Ok(value)) => state.set(1, value)?,
        Some(Err(_)) => state.set(1, ctx.catch())?,
    }
    Ok(state)
}
