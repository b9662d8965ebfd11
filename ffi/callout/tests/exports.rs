//! The library as IRIS sees it: loaded by a program in C, its table walked, its functions called.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Beside the test, or one directory above: cargo puts it in both.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors()
        .skip(1)
        .take(2)
        .map(|directory| directory.join("libirispg_callout.so"))
        .find(|path| path.is_file())
        .unwrap()
}

#[test]
fn the_table_and_its_functions_are_reached_from_c() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let host = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callout-host");
    let compiled = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()))
        .args(["-std=gnu11", "-Wall", "-Wextra", "-Werror"])
        .arg(format!("-I{}", here.join("../include").display()))
        .arg("-o")
        .arg(&host)
        .arg(here.join("tests/host.c"))
        .arg("-ldl")
        .status()
        .unwrap();
    assert!(compiled.success());
    let output = Command::new(host).arg(library()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}: {text}", output.status);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(text, format!("version C 0 1 {version}\ncontract P 0 1 1\n"));
}

#[test]
fn the_contract_is_that_of_the_page() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/session-contract.md");
    let page = std::fs::read_to_string(page).unwrap();
    let sentence =
        format!("The present contract version is **{}**.", irispg_callout::CONTRACT_VERSION);
    assert!(page.contains(&sentence), "the page does not say: {sentence}");
}
