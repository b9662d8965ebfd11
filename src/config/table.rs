//! The table. Everything that is known about a setting stands in its one row.

use super::resolve::SettingError;
use super::value::{Bytes, CleartextPassword, Paths, Text, Value, line};
use once_cell::sync::Lazy;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// When a changed setting takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// With the next start of the supervisor.
    Start,
    /// For clients that connect after a reload.
    Reload,
}

/// One row of the table.
#[derive(Debug)]
pub struct Setting {
    /// Its name, which is also its key in the file and what `SHOW irispg.<name>` takes.
    pub name: &'static str,
    /// The default, as one would write it.
    pub default: &'static str,
    /// The smallest and largest number allowed: milliseconds for times, bytes for sizes.
    pub range: Option<(u64, u64)>,
    /// What it does.
    pub doc: &'static str,
    /// When a change takes effect.
    pub scope: Scope,
    /// Whether it may be given several times.
    pub many: bool,
    /// What a value must look like.
    pub expects: &'static str,
    pub(super) assign: fn(&mut Settings, &[String]) -> bool,
    pub(super) texts: fn(&Settings) -> Vec<String>,
    pub(super) number: fn(&Settings) -> Option<u64>,
}

impl Setting {
    /// The flag, without the two dashes.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// The environment variable.
    pub fn variable(&self) -> String {
        format!("IRISPG_{}", self.name.to_ascii_uppercase())
    }

    /// The present value, as one would write it.
    pub fn show(&self, settings: &Settings) -> String {
        line(&(self.texts)(settings))
    }
}

macro_rules! settings {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident : $kind:ty = $default:literal $(in $low:literal ..= $high:literal)?,
            $scope:ident;
    )+) => {
        /// All settings, with their values.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            $( $(#[doc = $doc])+ pub $name: $kind, )+
        }

        /// The table of settings, in the order of the documentation.
        pub static TABLE: &[Setting] = &[$(
            Setting {
                name: stringify!($name),
                default: $default,
                range: settings!(@range $($low $high)?),
                doc: concat!($($doc, "\n"),+),
                scope: Scope::$scope,
                many: <$kind as Value>::MANY,
                expects: <$kind as Value>::EXPECTS,
                assign: |settings, texts| match <$kind as Value>::read(texts) {
                    Some(value) => {
                        settings.$name = value;
                        true
                    }
                    None => false,
                },
                texts: |settings| settings.$name.texts(),
                number: |settings| settings.$name.number(),
            },
        )+];

        impl Settings {
            /// The defaults; `None` when the table holds one that its kind cannot read, which a
            /// test excludes.
            fn defaults() -> Option<Self> {
                Some(Self { $( $name: <$kind as Value>::read(&given($default))?, )+ })
            }
        }
    };
    (@range) => { None };
    (@range $low:literal $high:literal) => { Some(($low, $high)) };
}

/// The texts of a default: nothing for the empty one.
fn given(text: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { vec![text.to_owned()] }
}

settings! {
    /// TCP addresses to listen on, each with its port. May be given several times; empty for none.
    listen: Vec<SocketAddr> = "127.0.0.1:5432", Start;
    /// Unix sockets to listen on. A directory gets `.s.PGSQL.<port>` inside, as clients expect.
    unix: Paths = "", Start;
    /// Where this server keeps its run files, and the simulator its data when no IRIS is installed.
    data: PathBuf = "./irispg-data", Start;
    /// The directory of the IRIS installation. Without it `ISC_PACKAGE_INSTALLDIR` is taken, and
    /// without that the library beside this program.
    iris: Option<PathBuf> = "", Start;
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives per module.
    log: Text = "info", Start;

    /// Clients served at the same time. One more is refused with 53300.
    connections_max: u32 = "100" in 1 ..= 10_000, Start;
    /// Clients between hand-over and login at the same time. More of them wait at the door, each
    /// for no longer than the login timeout.
    unauthenticated_connections_max: u32 = "100" in 1 ..= 10_000, Reload;
    /// The same per address; addresses of this machine are exempt.
    unauthenticated_per_address_max: u32 = "10" in 1 ..= 10_000, Reload;
    /// Peers at the door that have not yet sent a whole first packet header, or wait for a place.
    /// When there are more, the one that has been silent longest is closed.
    silent_connections_max: u32 = "4000" in 16 ..= 100_000, Reload;
    /// From accept to the end of the login. 0 is not allowed: it would let strangers stay for ever.
    login_timeout: Duration = "30s" in 100 ..= 600_000, Reload;
    /// Failed logins per minute, by address and by user, before further ones are delayed.
    login_failures_per_minute: u32 = "10" in 1 ..= 1_000_000, Reload;
    /// Cancel requests with a wrong key, per second and address, before all from there are ignored.
    cancel_requests_per_second: u32 = "10" in 1 ..= 1_000_000, Reload;
    /// From where a password is accepted without TLS.
    cleartext_password: CleartextPassword = "local", Reload;

    /// Workers that wait for a client, at least.
    spare_workers_min: u32 = "2" in 0 ..= 1_000, Reload;
    /// Workers that wait for a client, at most, when many clients connect.
    spare_workers_max: u32 = "16" in 0 ..= 1_000, Reload;
    /// On a stop: how long running statements and transactions may go on.
    shutdown_grace: Duration = "30s" in 0 ..= 86_400_000, Reload;
    /// Whether a crashed worker may leave a core file (which may hold data and passwords).
    core_files: bool = "off", Start;

    /// The longest startup packet, without its length field. PostgreSQL's limit.
    startup_packet_bytes_max: Bytes = "10000" in 512 ..= 65_536, Reload;
    /// The longest password message.
    auth_message_bytes_max: Bytes = "1024" in 128 ..= 65_536, Reload;
    /// The longest message from a logged-in client.
    message_bytes_max: Bytes = "64MB" in 65_536 ..= 1_073_741_822, Reload;
    /// The longest text of a query string.
    sql_bytes_max: Bytes = "16MB" in 1_024 ..= 1_073_741_822, Reload;
    /// The longest row sent to a client.
    row_bytes_max: Bytes = "256MB" in 65_536 ..= 1_073_741_822, Reload;
    /// Rows waiting between IRIS and the client's socket; one row may be longer.
    result_buffer_bytes: Bytes = "256kB" in 8_192 ..= 67_108_864, Reload;
    /// How much IRIS is asked for with the first block of a result.
    first_block_bytes: Bytes = "32kB" in 1_024 ..= 2_097_152, Reload;
    /// How much IRIS is asked for with every later block.
    block_bytes: Bytes = "256kB" in 1_024 ..= 2_097_152, Reload;
    /// Prepared statements per session. `IrisPG.Session` holds 10000 in all, some of them for the
    /// gateway's own cache.
    statements_max: u32 = "5000" in 16 ..= 5_000, Reload;
    /// Open portals per session.
    portals_max: u32 = "1000" in 16 ..= 1_000_000, Reload;

    /// How long each step of cancelling a statement may take before the next, harder one.
    cancel_wait_timeout: Duration = "5s" in 100 ..= 600_000, Reload;
    /// How long a client that takes not one byte of its result is waited for. 0 is for ever.
    write_stall_timeout: Duration = "10min" in 0 ..= 86_400_000, Reload;
    /// A running statement whose client has gone is cancelled, at once on this system; 0 lets it
    /// run to its end.
    client_connection_check_interval: Duration = "1s" in 0 ..= 600_000, Reload;
    /// A new session's `statement_timeout`. 0 is none.
    statement_timeout: Duration = "0" in 0 ..= 2_147_483_647, Reload;
    /// A new session's `lock_timeout`. 0 leaves IRIS's own.
    lock_timeout: Duration = "0" in 0 ..= 2_147_483_647, Reload;
    /// A new session's `idle_in_transaction_session_timeout`. 0 is none.
    idle_in_transaction_session_timeout: Duration = "10min" in 0 ..= 2_147_483_647, Reload;
    /// A new session's `idle_session_timeout`. 0 is none.
    idle_session_timeout: Duration = "0" in 0 ..= 2_147_483_647, Reload;
    /// A silent connection is probed after this time. 0 leaves it to the system.
    tcp_keepalives_idle: Duration = "60s" in 0 ..= 86_400_000, Reload;
    /// Time between two probes. 0 leaves it to the system.
    tcp_keepalives_interval: Duration = "10s" in 0 ..= 86_400_000, Reload;
    /// Unanswered probes after which the connection is given up. 0 leaves it to the system.
    tcp_keepalives_count: u32 = "6" in 0 ..= 127, Reload;
}

/// The defaults, read once: every worker and every spawn of one compares with them.
#[expect(clippy::expect_used, reason = "a test reads every default of the static table")]
static DEFAULTS: Lazy<Settings> =
    Lazy::new(|| Settings::defaults().expect("every default can be read"));

impl Default for Settings {
    fn default() -> Self {
        DEFAULTS.clone()
    }
}

impl Settings {
    /// The settings that differ from their defaults, for a worker: (name, text).
    pub fn pairs(&self) -> Vec<(String, String)> {
        TABLE
            .iter()
            .filter(|setting| (setting.texts)(self) != (setting.texts)(&DEFAULTS))
            .map(|setting| (setting.name.to_owned(), setting.show(self)))
            .collect()
    }

    /// The settings of which these differ from their defaults.
    ///
    /// # Errors
    /// When a name or a value is not one of the table.
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<Self, SettingError> {
        let mut settings = Self::default();
        for (name, text) in pairs {
            settings.assign(name, std::slice::from_ref(text), super::Origin::Supervisor)?;
        }
        Ok(settings)
    }

    /// Takes back from `old` what only a restart may change, and names it.
    pub fn keep_until_start(&mut self, old: &Self) -> Vec<&'static str> {
        let mut kept = Vec::new();
        for setting in TABLE.iter().filter(|setting| setting.scope == Scope::Start) {
            let texts = (setting.texts)(old);
            if (setting.texts)(self) != texts && (setting.assign)(self, &texts) {
                kept.push(setting.name);
            }
        }
        kept
    }

    /// The value of a setting as text, for `SHOW irispg.<name>`; `None` when there is none such.
    pub fn show(&self, name: &str) -> Option<String> {
        TABLE.iter().find(|setting| setting.name == name).map(|setting| setting.show(self))
    }
}
