//! The program itself: started with a clean environment, killed when dropped.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long anything that the program does may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program.
pub(crate) struct Program {
    /// The URL that the start message tells.
    pub(crate) url: String,
    child: Child,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
}

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program, without the variables that it would read.
pub(crate) fn clean_command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cyberark-identity-mock"));
    let own = std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name == "PORT" || name.starts_with("CYBERARK_MOCK_")
    });
    for name in own {
        command.env_remove(name);
    }
    command.args(arguments).envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts a server and waits for the first line of the start message.
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::started(clean_command(arguments, variables))
    }

    /// Like [`Self::start`], with so many descriptors at the most.
    pub(crate) fn start_with_descriptors(most: usize, arguments: &[&str]) -> Self {
        let program = clean_command(arguments, &[]);
        let mut shell = Command::new("sh");
        for (name, _) in program.get_envs() {
            shell.env_remove(name);
        }
        shell.args(["-c", &format!("ulimit -n {most}; exec \"$0\" \"$@\"")]);
        shell.arg(program.get_program()).args(program.get_args());
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::started(shell)
    }

    fn started(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let mut err = child.stderr.take().expect("standard error is piped");
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text).expect("the log is text");
            text
        });
        let mut program = Self { url: String::new(), child, lines, errors: Some(errors) };
        let Some(first) = program.line() else { panic!("{:?}", program.wait()) };
        let told = first.strip_prefix("listening url=").and_then(|rest| rest.split_once(' '));
        let (url, _) = told.unwrap_or_else(|| panic!("no start message: {first}"));
        program.url.push_str(url);
        program
    }

    /// Runs to the end.
    pub(crate) fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let mut child = clean_command(arguments, variables).spawn().expect("the program starts");
        // Read to the end before waiting, so that a full pipe stops nobody.
        let mut out = child.stdout.take().expect("standard output is piped");
        let mut err = child.stderr.take().expect("standard error is piped");
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text).expect("messages are text");
            text
        });
        let (send, receive) = channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let read = out.read_to_string(&mut text).map(|_| text);
            let _ = send.send(read);
        });
        let read = receive.recv_timeout(PATIENCE);
        if read.is_err() {
            let _ = child.kill();
        }
        let code = child.wait().expect("a child can be waited for").code();
        let err = errors.join().expect("messages are text");
        let out = read.unwrap_or_else(|_| panic!("the program does not end: {err}"));
        Ended { code, out: out.expect("output is text"), err }
    }

    /// The next line of standard output; `None` at its end.
    pub(crate) fn line(&self) -> Option<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("the program says nothing"),
        }
    }

    /// Sends the signal of that name, and waits for the end.
    pub(crate) fn stop(mut self, signal: &str) -> Ended {
        let kill = format!("kill -{signal} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().expect("there is a shell");
        assert!(sent.success(), "{kill}");
        self.wait()
    }

    fn wait(&mut self) -> Ended {
        let status = self.exit_status();
        let out: Vec<String> = self.lines.iter().collect();
        let err = self.errors.take().map(|errors| errors.join().expect("the log is text"));
        Ended { code: status.code(), out: out.join("\n"), err: err.unwrap_or_default() }
    }

    /// Asks again and again; a program that lives on after [`PATIENCE`] is killed.
    fn exit_status(&mut self) -> ExitStatus {
        let step = Duration::from_millis(20);
        for _ in 0..PATIENCE.as_millis() / step.as_millis() {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return status;
            }
            std::thread::sleep(step);
        }
        let _ = self.child.kill();
        panic!("the program does not end");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
