//! `irispg explain` with the definitions of a running instance.

#![allow(clippy::expect_used, reason = "a test may panic")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs `irispg explain` in a data directory of its own.
fn explain(arguments: &[&str]) -> Output {
    let name = format!("irispg-explain-{}-{}", std::process::id(), arguments.len());
    let data = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&data).expect("a directory");
    let output = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_irispg")))
        .arg("explain")
        .arg("--data")
        .arg(&data)
        .args(["--user", "_SYSTEM"])
        .args(arguments)
        .env("IRISPG_PASSWORD", "SYS")
        .env_remove("ISC_PACKAGE_INSTALLDIR")
        .output()
        .expect("irispg runs");
    std::fs::remove_dir_all(&data).expect("the directory goes");
    output
}

#[test]
fn the_release_is_that_of_the_instance() {
    let output = explain(&["select 1 as a"]);
    let page = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(page.contains("IRIS 2025.1 SELECT 1"), "{page}");
    assert!(page.contains("result      a integer"), "{page}");
}

#[test]
fn a_namespace_that_cannot_be_entered_is_named() {
    let output = explain(&["--namespace", "NOWHERE", "select 1"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(error.contains("namespace NOWHERE cannot be entered"), "{error}");
}
