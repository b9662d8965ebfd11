//! Several sessions on one data directory, each with an instance of its own, as processes have.
#![allow(dead_code, unreachable_pub)]

use std::path::Path;
use std::time::{Duration, Instant};

use irisdb::sql::{Instance, SqlFailure, SqlSession, Version};

use super::sql_support::{World, failure, identity, run, sql, world};

/// A time-out that a test waits for, in seconds.
pub const SHORT: f64 = 0.3;

/// A time-out that no test waits for: what takes so long is a failure.
pub const LONG: f64 = 60.0;

/// What must be over at once, or soon after something else, is over by then on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

/// A session with its own instance.
pub struct Client {
    pub session: SqlSession,
    _instance: Instance,
}

/// A session on `dir` whose lock time-out is `timeout` seconds.
pub fn client(dir: &Path, timeout: f64) -> Client {
    let instance = Instance::open(dir, Version::new(2025, 1)).unwrap();
    let mut session = instance.session(identity()).unwrap();
    session.set_lock_timeout(timeout);
    Client { session, _instance: instance }
}

impl Client {
    pub fn sql(&mut self, text: &str) -> Vec<String> {
        sql(&mut self.session, text)
    }

    /// SQLCODE and %ROWCOUNT of a statement that must succeed.
    pub fn done(&mut self, text: &str) -> (i32, i64) {
        let (code, count, _) = run(&mut self.session, text, |_| {}).unwrap();
        (code, count)
    }

    pub fn refused(&mut self, text: &str) -> SqlFailure {
        failure(&mut self.session, text)
    }

    /// Whether no lock and no before-image is left.
    pub fn is_clean(&self) -> bool {
        self.session.report() == irisdb::sql::OpenThings::default()
    }
}

/// A world with `t (a INT PRIMARY KEY, v INT)`, rows 1 to `rows` with `v` ten times `a`.
pub fn table(rows: usize) -> World {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT PRIMARY KEY, v INT)");
    sql(s, "CREATE TABLE u (a INT, v VARCHAR(20))");
    s.tstart().unwrap();
    for n in 1..=rows {
        sql(s, &format!("INSERT INTO t VALUES ({n}, {})", n * 10));
    }
    s.tcommit().unwrap();
    w
}

/// Two sessions on the directory of a world; both give up a wait after [`SHORT`].
pub fn two(w: &World) -> (Client, Client) {
    (client(&w.data.0, SHORT), client(&w.data.0, SHORT))
}

/// Runs `wait` in a thread of its own and `then` when it had time to begin its wait; gives what
/// `wait` gave. `wait` must not have ended before `then` began: `then` is told.
pub fn while_waiting<T: Send>(
    wait: impl FnOnce() -> T + Send,
    then: impl FnOnce(&dyn Fn() -> bool),
) -> T {
    std::thread::scope(|scope| {
        let waiter = scope.spawn(wait);
        std::thread::sleep(Duration::from_millis(150));
        then(&|| !waiter.is_finished());
        waiter.join().unwrap()
    })
}

/// How long something took.
pub fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let out = what();
    (out, begin.elapsed())
}
