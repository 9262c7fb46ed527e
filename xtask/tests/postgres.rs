//! The throw-away server is there while it is needed, and gone afterwards, whatever ended the command.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Command, Stdio};

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");

fn address(url: &str) -> String {
    let address = url.trim().strip_prefix("postgres://postgres@").and_then(|rest| rest.strip_suffix("/postgres"));
    address.unwrap_or_else(|| panic!("not the address of a server: {url}")).to_owned()
}

#[test]
fn a_command_finds_the_server_and_its_exit_code_comes_back() {
    let script = "printenv SKILLSYNC_TEST_POSTGRES_URL; exit 7";
    let output = Command::new(XTASK).args(["postgres", "--", "bash", "-c", script]).output().unwrap();
    let address = address(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(7));
    assert!(TcpStream::connect(address).is_err(), "the server must be stopped when the command has ended");
}

#[test]
fn the_server_goes_away_even_when_the_command_is_killed() {
    // `cat` holds the command up until its standard input is closed, which is when this test drops it.
    let mut command = Command::new(XTASK);
    command.args(["postgres", "--", "cat"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut xtask = command.spawn().unwrap();
    let mut complaints = BufReader::new(xtask.stderr.take().unwrap());
    let mut line = String::new();
    complaints.read_line(&mut line).unwrap();
    let address = address(line.strip_prefix("PostgreSQL is at ").unwrap_or(&line));
    TcpStream::connect(&address).unwrap();

    xtask.kill().unwrap();
    drop(xtask.stdin.take());
    xtask.wait().unwrap();
    // The keeper holds standard error open: reading to its end is waiting for the keeper.
    line.clear();
    complaints.read_to_string(&mut line).unwrap();
    assert_eq!(line, "");
    assert!(TcpStream::connect(&address).is_err(), "the keeper must have stopped the server");
}
