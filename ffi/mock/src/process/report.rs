//! What a session left open, for tests that want to know.

use super::Process;
use crate::callin::storage;
use std::fs::OpenOptions;
use std::io::Write;

/// Names the file to which each session appends one line.
const VARIABLE: &str = "IRIS_MOCK_REPORT";

/// Appends the line of a session that ends.
pub(super) fn write(event: &str, process: &Process) {
    let Some(path) = std::env::var_os(VARIABLE) else { return };
    let (statements, cursors) = process.objects.kept();
    let open = process.environment.sql.report();
    let line = format!(
        "pid={} event={event} orefs={} exstrs={} stack={} statements={statements} \
         cursors={cursors} locks={} level={} calls={}\n",
        std::process::id(),
        process.objects.len(),
        storage::open(),
        process.stack.depth(),
        open.locks,
        process.environment.sql.level(),
        process.calls,
    );
    // One write of one line: the sessions of several processes may share the file.
    let appended = OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .and_then(|mut file| file.write_all(line.as_bytes()));
    if let Err(error) = appended {
        eprintln!("simulator: {VARIABLE}: {}: {error}", path.display());
    }
}
