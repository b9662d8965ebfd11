//! The table of settings as a page of the documentation.

use super::table::{Scope, TABLE};
use std::fmt::Write as _;

/// `docs/settings.md`: printed by `irispg settings --markdown`, compared by a test.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Settings\n\n\
         Each setting can be given as a flag (`--connections-max 50`), in the environment\n\
         (`IRISPG_CONNECTIONS_MAX=50`) or in the TOML file that `--config` or `IRISPG_CONFIG` \
         names\n\
         (`connections_max = 50`). A flag wins over the environment, that over the file, that over \
         the\n\
         default. Times and sizes are written with their unit. A setting marked *reload* is read \
         again on\n\
         `irispg reload` or SIGHUP and holds for clients that connect afterwards; the others need \
         a restart.\n\n\
         This page is made from the program's table by `irispg settings --markdown`.\n\n\
         | Setting | Default | Change | Meaning |\n|---|---|---|---|\n",
    );
    for setting in TABLE {
        let default = if setting.default.is_empty() { "none" } else { setting.default };
        let change = match setting.scope {
            Scope::Start => "restart",
            Scope::Reload => "reload",
        };
        let doc: Vec<&str> = setting.doc.lines().map(str::trim).collect();
        let doc = doc.join(" ");
        let written = writeln!(page, "| `{}` | {default} | {change} | {doc} |", setting.name);
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
    }
    page
}
