//! The command line: arguments, logging, fixtures, then serve until a signal comes.

mod arguments;
mod health_check;
mod https;
mod start_message;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use cyberark_identity_mock::clock::Clock;
use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::ids::Ids;
use cyberark_identity_mock::server::{Server, ServerOptions};
use cyberark_identity_mock::tenant::document::TenantDocument;
use cyberark_identity_mock::tenant::keys::SigningKey;
use cyberark_identity_mock::tenant::{Tenant, TenantParts};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use self::arguments::{Arguments, Command, LogFormat};
use self::start_message::Reached;

/// How long a stopping server waits for answers under way.
const STOP_WITHIN: Duration = Duration::from_millis(700);

/// Why the program ends; the exit code is the number.
#[derive(Debug)]
enum Exit {
    /// The listener failed while serving, or standard output did.
    Failed(String),
    /// The fixture cannot be read or contradicts itself.
    Fixture(String),
    /// The signing key, or certificate and key of https, cannot be read or used.
    Key(String),
    /// The address cannot be listened on.
    Address(String),
}

fn main() -> ExitCode {
    let arguments = Arguments::read();
    let (code, message) = match run(&arguments) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Exit::Failed(message)) => (1, message),
        Err(Exit::Fixture(message)) => (3, message),
        Err(Exit::Key(message)) => (4, message),
        Err(Exit::Address(message)) => (5, message),
    };
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "cyberark-identity-mock: {message}");
    ExitCode::from(code)
}

fn run(arguments: &Arguments) -> Result<(), Exit> {
    match arguments.command {
        Some(Command::Healthcheck) => {
            return health_check::ask(arguments.host(), arguments.port()).map_err(Exit::Failed);
        }
        Some(Command::Schema) => return print(&fixtures::json_schema()),
        None if arguments.generate_key => return print(&SigningKey::generate_pem()),
        None => {}
    }
    start_logging(arguments);
    let parts = TenantParts {
        policy: arguments.policy.into(),
        key: signing_key(arguments)?,
        clock: Clock::default(),
        ids: Ids::default(),
    };
    let document = document(arguments)?;
    let tenant = Tenant::new(document, parts)
        .map_err(|error| Exit::Fixture(format!("{}: {error}", arguments.fixture_name())))?;
    actix_web::rt::System::new().block_on(serve(arguments, tenant))
}

fn print(text: &str) -> Result<(), Exit> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| Exit::Failed(error.to_string()))
}

fn start_logging(arguments: &Arguments) {
    // Libraries may log what they were sent; only their warnings are let through.
    let shown = Targets::new()
        .with_target(env!("CARGO_CRATE_NAME"), arguments.log_level)
        // The server tells the faults of a connection itself, and who the client was.
        .with_target("actix_http::h1::dispatcher", LevelFilter::OFF)
        .with_default(LevelFilter::WARN);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match arguments.log_format {
        LogFormat::Text => tracing_subscriber::registry().with(lines.with_filter(shown)).init(),
        LogFormat::Json => {
            tracing_subscriber::registry().with(lines.json().with_filter(shown)).init();
        }
    }
}

fn signing_key(arguments: &Arguments) -> Result<SigningKey, Exit> {
    let Some(file) = &arguments.key else {
        return Ok(SigningKey::development());
    };
    let name = file.display();
    let pem = std::fs::read_to_string(file)
        .map_err(|error| Exit::Key(format!("cannot read the key {name}: {error}")))?;
    SigningKey::from_pem(&pem).map_err(|error| Exit::Key(format!("key {name}: {error}")))
}

fn document(arguments: &Arguments) -> Result<TenantDocument, Exit> {
    match (&arguments.fixtures, &arguments.fixtures_inline) {
        (Some(path), _) => fixtures::from_path(path),
        (None, Some(text)) => fixtures::from_text(&arguments.fixture_name(), text),
        (None, None) => Ok(fixtures::built_in()),
    }
    .map_err(|error| Exit::Fixture(error.to_string()))
}

async fn serve(arguments: &Arguments, tenant: Tenant) -> Result<(), Exit> {
    let failed = |error: io::Error| Exit::Failed(error.to_string());
    // Listened for before anybody is told that the server is there.
    let mut signals = StopSignals::listen().map_err(failed)?;
    let (host, port) = (arguments.host(), arguments.port());
    let https = https::https(arguments, &tenant).map_err(Exit::Key)?;
    let public_url = arguments.public_url.clone();
    let control = arguments.control();
    let timeouts = arguments.timeouts.timeouts();
    let options =
        ServerOptions { public_url, https, control, timeouts, ..ServerOptions::default() };
    let server = Server::bind(tenant.clone(), host, port, options)
        .map_err(|error| Exit::Address(format!("cannot listen on {error}")))?;
    let reached = Reached::of(&server, arguments.public_url.as_ref());
    print(&start_message::text(&reached, &tenant))?;
    let handle = server.handle();
    let serving = actix_web::rt::spawn(server.run());
    tokio::select! {
        outcome = serving => return outcome.map_err(io::Error::from).flatten().map_err(failed),
        signal = signals.next() => signal.map_err(failed)?,
    }
    tracing::info!("stopping");
    // Connections that are still open after this are cut.
    let _ = tokio::time::timeout(STOP_WITHIN, handle.stop(true)).await;
    Ok(())
}

/// SIGTERM and SIGINT; elsewhere than on Unix, only the interrupt key.
struct StopSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// From here on the signals do not end the process by themselves.
    fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> io::Result<()> {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => Ok(()),
            _ = self.interrupt.recv() => Ok(()),
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await
    }
}
