//! Programs that try to get out of the jail: each attempt is refused, and the machine is as it was.

use skillsync_sandbox::{Ended, Jailer, Language, Sandbox};

use crate::{expect_unharmed, jailer, limits, run, sandbox};

/// Counts as refused what throws; what comes back is printed.
const ATTEMPT: &str = r#"
import ctypes, os, signal, socket, subprocess, sys
native = ctypes.CDLL(None, use_errno=True)

def attempt(name, action):
    try:
        result = action()
    except BaseException as error:
        print(name, "refused")
    else:
        print(name, "DONE", repr(result)[:200])

def check(status):
    if status != 0:
        raise OSError(status)

def call(number, *arguments):
    result = native.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno())
    return result
"#;

/// Each of these Python attempts is refused, and nobody is harmed.
async fn expect_refused(attempts: &[(&str, &str)]) {
    let sandbox = sandbox();
    let tries: Vec<_> = attempts.iter().map(|(name, action)| format!("attempt({name:?}, {action})\n")).collect();
    let ran = run(&sandbox, Language::Python, &format!("{ATTEMPT}\n{}", tries.concat())).await;
    let expected: String = attempts.iter().map(|(name, _)| format!("{name} refused\n")).collect();
    assert_eq!((ran.output, ran.ended), (expected, Ended::Finished), "{}", ran.errors);
    expect_unharmed(&sandbox).await;
}

#[tokio::test]
async fn files_cannot_be_read() {
    expect_refused(&[
        ("users", "lambda: open('/etc/passwd').read()"),
        ("host name", "lambda: open('/etc/hostname').read()"),
        ("root", "lambda: os.listdir('/')"),
        ("home", "lambda: os.listdir('/root')"),
        ("temporary files", "lambda: os.listdir('/tmp')"),
        ("processes", "lambda: os.listdir('/proc')"),
        ("own environment", "lambda: open('/proc/self/environ').read()"),
        ("own memory", "lambda: open('/proc/self/mem', 'rb')"),
        ("memory of the parent", "lambda: open(f'/proc/{os.getppid()}/mem', 'rb')"),
        ("environment of the parent", "lambda: open(f'/proc/{os.getppid()}/environ').read()"),
        ("descriptors of the parent", "lambda: os.open(f'/proc/{os.getppid()}/fd/1', os.O_WRONLY)"),
        ("devices", "lambda: open('/dev/mem', 'rb')"),
        ("terminal", "lambda: open('/dev/tty')"),
        ("native open", "lambda: check(min(0, native.open(b'/etc/passwd', 0)))"),
        ("outside of the library", "lambda: open(os.__file__ + '/../../../../etc/passwd').read()"),
    ])
    .await;
}

#[tokio::test]
async fn nothing_can_be_written() {
    expect_refused(&[
        ("a file", "lambda: open('/tmp/skillsync-escape', 'w')"),
        ("a file here", "lambda: open('escape', 'w')"),
        ("shared memory", "lambda: open('/dev/shm/skillsync-escape', 'w')"),
        ("the library", "lambda: open(os.__file__, 'a')"),
        ("a folder", "lambda: os.mkdir('/tmp/skillsync-escape')"),
        ("a removal", "lambda: os.unlink(os.__file__)"),
        ("a link", "lambda: os.symlink('/etc/passwd', '/tmp/skillsync-escape')"),
        ("another name", "lambda: os.rename(os.__file__, '/tmp/skillsync-escape')"),
        ("an empty file", "lambda: os.truncate(os.__file__, 0)"),
        ("a mode", "lambda: os.chmod('/tmp', 0)"),
        ("a file in memory", "lambda: os.memfd_create('escape')"),
    ])
    .await;
}

#[tokio::test]
async fn no_process_and_no_thread_can_be_started() {
    expect_refused(&[
        ("fork", "os.fork"),
        ("vfork", "lambda: call(58)"),
        ("shell", "lambda: check(os.system('true'))"),
        ("subprocess", "lambda: subprocess.run(['true'])"),
        ("spawn", "lambda: os.posix_spawn('/bin/true', ['true'], {})"),
        ("multiprocessing", "lambda: __import__('multiprocessing').Pool(1)"),
        ("thread", "lambda: __import__('threading').Thread(target=print).start()"),
        ("another program", "lambda: os.execv('/bin/true', ['true'])"),
        ("the same program", "lambda: os.execv('/usr/bin/python3', ['python3', '-c', 'print(1)'])"),
        ("this program", "lambda: os.execv(sys.executable, [sys.executable, '-c', 'print(1)'])"),
        ("native shell", "lambda: check(native.system(b'true'))"),
    ])
    .await;
}

#[tokio::test]
async fn there_is_no_network() {
    expect_refused(&[
        ("a socket", "socket.socket"),
        ("a connection", "lambda: socket.create_connection(('127.0.0.1', 80), 1)"),
        ("a name", "lambda: socket.getaddrinfo('localhost', 80)"),
        ("a datagram", "lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"),
        ("a local socket", "lambda: socket.socket(socket.AF_UNIX)"),
        ("a raw socket", "lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
        ("a pair that can send elsewhere", "lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)"),
        ("a pair that listens", "lambda: socket.socketpair()[0].bind('\\0escape')"),
    ])
    .await;
}

#[tokio::test]
async fn others_cannot_be_touched() {
    expect_refused(&[
        ("the parent", "lambda: os.kill(os.getppid(), signal.SIGKILL)"),
        ("the group", "lambda: os.killpg(0, signal.SIGKILL)"),
        ("everybody", "lambda: os.kill(-1, signal.SIGKILL)"),
        ("a thread of the parent", "lambda: call(234, os.getppid(), os.getppid(), 9)"),
        ("the owner of a pipe", "lambda: __import__('fcntl').fcntl(1, 8, os.getppid())"),
        ("tracing", "lambda: call(101, 16, os.getppid(), 0, 0)"),
        ("reading memory", "lambda: call(310, os.getppid(), 0, 0, 0, 0, 0)"),
        ("priority", "lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)"),
        ("limits of the parent", "lambda: __import__('resource').prlimit(os.getppid(), 0, (1, 1))"),
        ("own limits", "lambda: __import__('resource').setrlimit(0, (1, 1))"),
        ("root again", "lambda: os.setuid(0)"),
        ("a session", "os.setsid"),
        ("a namespace", "lambda: call(272, 0x10000000)"),
        ("a mount", "lambda: call(165, 0, 0, 0, 0, 0)"),
        ("a key", "lambda: call(250, 0, 0, 0, 0, 0)"),
        ("a ring", "lambda: call(425, 1, 0)"),
        ("a program for the kernel", "lambda: call(321, 0, 0, 0)"),
        ("another root", "lambda: os.chroot('/usr')"),
    ])
    .await;
}

#[tokio::test]
async fn nothing_of_the_parent_is_inherited() {
    let source = r#"
import os
def is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
print(dict(os.environ), os.getcwd(), [descriptor for descriptor in range(4096) if is_open(descriptor)])
print(os.geteuid() != 0, os.getegid() != 0, ctypes.CDLL(None).getenv(b"SECRET"))
"#;
    // A careless start of the server: a file that stays open, and a secret in the environment.
    let careless = "exec 7</etc/passwd; export SECRET=1; exec \"$0\"";
    let careless =
        Jailer { program: "/bin/sh".into(), ..jailer(&["-c", careless, env!("CARGO_BIN_EXE_skillsync-jail")]) };
    let sandbox = Sandbox::new(careless, limits(), 1);
    let ran = run(&sandbox, Language::Python, &format!("import ctypes\n{source}")).await;
    assert_eq!(ran.output, "{} / [0, 1, 2]\nTrue True 0\n", "{}", ran.errors);
    let ran = run(&sandbox, Language::JavaScript, "console.log(process.env)").await;
    assert_eq!(ran.output, "{}\n", "{}", ran.errors);
    expect_unharmed(&sandbox).await;
}

#[tokio::test]
async fn javascript_has_no_door() {
    let source = r#"
const attempt = (name, action) => {
  try { console.log(name, "DONE", action()); } catch (error) { console.log(name, "refused"); }
};
attempt("require", () => require("fs").readFileSync("/etc/passwd", "utf8"));
attempt("std", () => std.open("/etc/passwd", "r"));
attempt("os", () => os.exec(["true"]));
attempt("fetch", () => fetch("http://127.0.0.1/"));
attempt("worker", () => new Worker("program.js"));
attempt("socket", () => new WebSocket("ws://127.0.0.1/"));
attempt("binding", () => process.binding("fs"));
attempt("kill", () => process.kill(1, 9));
console.log(Object.keys(process.env).length);
import("/etc/passwd").then(() => console.log("import DONE"), () => console.log("import refused"));
import("fs").then(() => console.log("module DONE"), () => console.log("module refused"));
"#;
    let sandbox = sandbox();
    let ran = run(&sandbox, Language::JavaScript, source).await;
    let names = ["require", "std", "os", "fetch", "worker", "socket", "binding", "kill"];
    let refused: String = names.iter().map(|name| format!("{name} refused\n")).collect();
    assert_eq!(ran.output, format!("{refused}0\nimport refused\nmodule refused\n"), "{}", ran.errors);
    expect_unharmed(&sandbox).await;
}
