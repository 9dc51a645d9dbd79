//! Command line and environment: each flag has its variable, a flag goes before its variable, and
//! an empty variable counts as none.

mod timeouts;
mod tls;

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, Resettable};
use clap::parser::ValueSource;
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use cyberark_identity_mock::protocol::base_url::BaseUrl;
use cyberark_identity_mock::protocol::secret::Secret;
use cyberark_identity_mock::server::ControlAccess;
use cyberark_identity_mock::tenant::policy::Policy;

use self::timeouts::TimeoutArguments;
pub(crate) use self::tls::TlsArguments;

/// A mock CyberArk Identity authorization server, for tests only.
///
/// Exit codes: 0 stopped by a signal, 1 failed while running, 2 wrong arguments, 3 unreadable
/// fixture, 4 bad key or certificate, 5 address not available.
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Name or address to listen on.
    #[arg(long, global = true, env = "CYBERARK_MOCK_HOST", default_value = "127.0.0.1")]
    host: String,

    /// Port to listen on; 0 takes any free one. PORT is honoured too. [default: 8080]
    #[arg(long, global = true, env = "CYBERARK_MOCK_PORT", value_parser = port_number)]
    port: Option<u16>,

    /// PORT, which hosting platforms set.
    #[arg(long, hide = true, env = "PORT", value_name = "PORT", value_parser = port_number)]
    platform_port: Option<u16>,

    #[command(flatten)]
    pub(crate) tls: TlsArguments,

    #[command(flatten)]
    pub(crate) timeouts: TimeoutArguments,

    /// Fixture file, or folder of fixture files, instead of the built-in tenant.
    #[arg(long, env = "CYBERARK_MOCK_FIXTURES", value_name = "PATH")]
    pub(crate) fixtures: Option<PathBuf>,

    /// A whole fixture document as text, when there is no --fixtures.
    #[arg(
        long,
        env = "CYBERARK_MOCK_FIXTURES_INLINE",
        value_name = "JSON",
        hide_env_values = true
    )]
    pub(crate) fixtures_inline: Option<String>,

    /// What the product does, or what the specifications demand.
    #[arg(long, env = "CYBERARK_MOCK_POLICY", default_value = "cyberark")]
    pub(crate) policy: Preset,

    /// URL under which browsers and clients reach the server; without it, issuer and URLs follow
    /// each request's X-Forwarded-* and Host headers.
    #[arg(long, env = "CYBERARK_MOCK_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<BaseUrl>,

    /// RSA private key that signs tokens (PEM, PKCS#8 or PKCS#1) instead of the built-in one; its
    /// certificate may stand in the same file.
    #[arg(long, env = "CYBERARK_MOCK_KEY", value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,

    /// What a caller of the control API has to send as Authorization: Bearer; without one the API is
    /// open at loopback addresses, and off at others.
    #[arg(long, env = "CYBERARK_MOCK_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    control_token: Option<String>,

    /// Turn the control API off.
    #[arg(long, env = "CYBERARK_MOCK_NO_CONTROL", value_parser = FalseyValueParser::new())]
    no_control: bool,

    /// Print a new signing key and end.
    #[arg(long)]
    pub(crate) generate_key: bool,

    /// Form of the log lines on standard error.
    #[arg(long, env = "CYBERARK_MOCK_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,

    /// error, warn, info, debug (each request) or trace.
    #[arg(long, env = "CYBERARK_MOCK_LOG_LEVEL", default_value = "info", value_name = "LEVEL")]
    pub(crate) log_level: tracing::Level,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the program can do beside serving.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask a running server whether it is healthy: exit code 0 when it is.
    Healthcheck,
    /// Print the JSON Schema of fixtures.
    Schema,
}

/// Policy presets.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Preset {
    /// What the product does.
    Cyberark,
    /// What the specifications and certification demand.
    Strict,
}

impl From<Preset> for Policy {
    fn from(preset: Preset) -> Self {
        match preset {
            Preset::Cyberark => Self::cyberark(),
            Preset::Strict => Self::strict(),
        }
    }
}

/// Forms of log lines.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

fn port_number(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| {
        "expected a number from 0 to 65535 in --port, CYBERARK_MOCK_PORT and PORT, where these are set"
    })
}

/// Compose files and CI set variables to nothing when they mean to leave them out.
fn without_empty_variable(argument: Arg) -> Arg {
    let is_empty = argument.get_env().and_then(std::env::var_os).is_some_and(|v| v.is_empty());
    if is_empty { argument.env(Resettable::Reset) } else { argument }
}

impl Arguments {
    /// Reads command line and environment; ends the program when they are wrong, or ask for help.
    pub(crate) fn read() -> Self {
        let matches = Self::command().mut_args(without_empty_variable).get_matches();
        let mut arguments = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let by_flag = |name| matches.value_source(name) == Some(ValueSource::CommandLine);
        if by_flag("fixtures_inline") && !by_flag("fixtures") {
            arguments.fixtures = None;
        }
        arguments
    }

    /// The host; an IPv6 address may stand in brackets, as it does in URLs.
    pub(crate) fn host(&self) -> &str {
        let unwrapped = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        unwrapped.unwrap_or(&self.host)
    }

    /// The port: the flag or its variable, then PORT, then 8080.
    pub(crate) fn port(&self) -> u16 {
        self.port.or(self.platform_port).unwrap_or(8080)
    }

    /// Who may call the control API.
    pub(crate) fn control(&self) -> ControlAccess {
        match &self.control_token {
            _ if self.no_control => ControlAccess::Off,
            Some(token) => ControlAccess::Token(Secret::new(token)),
            None => ControlAccess::Loopback,
        }
    }

    /// What stands for the fixture in messages.
    pub(crate) fn fixture_name(&self) -> String {
        match &self.fixtures {
            Some(path) => path.display().to_string(),
            None => "CYBERARK_MOCK_FIXTURES_INLINE".to_owned(),
        }
    }
}
