//! Copies the text that the build script made into the sources.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const CHECKED_IN: &str = "src/callin/bindings.rs";
/// Both make the build script read another header than our own.
const OTHER_HEADERS: [&str; 2] = ["IRIS_CALLIN_INCLUDE", "ISC_PACKAGE_INSTALLDIR"];

pub(crate) fn refresh(root: &Path) -> Result<String, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["check", "--package", "irispg", "--lib", "--message-format=json"])
        .current_dir(root)
        .stderr(Stdio::inherit());
    for variable in OTHER_HEADERS {
        command.env_remove(variable);
    }
    let output = command.output().map_err(|error| format!("cargo: {error}"))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let made = out_dir(&messages).ok_or("cargo did not say where the build script wrote")?;
    let made = made.join("bindings.rs");
    let text = std::fs::read_to_string(&made)
        .map_err(|error| format!("{}: {error} (is libclang installed?)", made.display()))?;
    std::fs::write(root.join(CHECKED_IN), text)
        .map_err(|error| format!("{CHECKED_IN}: {error}"))?;
    Ok(format!("{CHECKED_IN} is as bindgen makes it"))
}

/// The directory of the build script of `irispg`, out of cargo's messages: one JSON object per
/// line.
fn out_dir(messages: &str) -> Option<PathBuf> {
    const KEY: &str = "\"out_dir\":\"";
    messages
        .lines()
        .filter(|line| line.contains("\"reason\":\"build-script-executed\""))
        .filter(|line| line.contains("#irispg@") || line.contains("/irispg#"))
        .find_map(|line| {
            let (_, rest) = line.split_once(KEY)?;
            let (path, _) = rest.split_once('"')?;
            Some(PathBuf::from(path))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_found_among_the_messages() {
        let messages = r#"{"reason":"compiler-artifact","package_id":"x#irispg@0.1.0"}
{"reason":"build-script-executed","package_id":"x#libc@0.2.0","out_dir":"/wrong"}
{"reason":"build-script-executed","package_id":"path+file:///r#irispg@0.1.0","out_dir":"/right"}"#;
        assert_eq!(out_dir(messages), Some(PathBuf::from("/right")));
        assert_eq!(out_dir("{}"), None);
    }
}
