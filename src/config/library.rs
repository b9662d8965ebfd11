//! Where the library is and which directory `IrisSetDir` gets.

use super::Settings;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// The library's file name. Source: facts, Callin §4 (not the threaded `libirisdbt.so`: one
/// process is one session).
const LIBRARY: &str = "libirisdb.so";

/// A library that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The library, absolute.
    pub library: PathBuf,
    /// What `IrisSetDir` gets, absolute.
    pub manager_directory: PathBuf,
    /// What led to it, for people.
    pub found_by: &'static str,
}

impl Located {
    /// The directory for `LD_LIBRARY_PATH`: the library loads others from beside itself.
    pub fn directory(&self) -> &Path {
        self.library.parent().unwrap_or(Path::new("/"))
    }
}

/// No library: where it was looked for.
#[derive(Debug, PartialEq, Eq)]
pub struct NotFound {
    /// The files that do not exist.
    pub tried: Vec<PathBuf>,
    /// What named their place.
    pub by: &'static str,
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {LIBRARY} found ({}): looked for", self.by)?;
        for (index, path) in self.tried.iter().enumerate() {
            write!(f, "{} {}", if index == 0 { "" } else { "," }, path.display())?;
        }
        Ok(())
    }
}

impl std::error::Error for NotFound {}

/// What the search depends on besides the settings.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `ISC_PACKAGE_INSTALLDIR`: where IRIS is installed.
    pub install_directory: Option<OsString>,
    /// `ISC_DATA_DIRECTORY`: where an instance with durable %SYS keeps its `mgr`.
    pub data_directory: Option<OsString>,
    /// This program's own file.
    pub program: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            install_directory: variable("ISC_PACKAGE_INSTALLDIR"),
            data_directory: variable("ISC_DATA_DIRECTORY"),
            program: std::env::current_exe().ok(),
        }
    }
}

/// Finds the library: `iris` of the settings, else `ISC_PACKAGE_INSTALLDIR`, else beside this
/// program or in `../lib/irispg`. An installation that is named and has no library is an error,
/// never a reason to look further.
///
/// # Errors
/// [`NotFound`], with the places.
pub fn locate(settings: &Settings, around: &Surroundings) -> Result<Located, NotFound> {
    let installation = match (&settings.iris, &around.install_directory) {
        (Some(iris), _) => Some((iris.clone(), "setting \"iris\"")),
        (None, Some(iris)) => Some((PathBuf::from(iris), "ISC_PACKAGE_INSTALLDIR")),
        (None, None) => None,
    };
    if let Some((iris, by)) = installation {
        let library = absolute(&iris.join("bin").join(LIBRARY));
        if !library.is_file() {
            return Err(NotFound { tried: vec![library], by });
        }
        let manager = around.data_directory.as_ref().map_or(iris.clone(), PathBuf::from);
        let manager_directory = absolute(&manager.join("mgr"));
        return Ok(Located { library, manager_directory, found_by: by });
    }
    let beside = around.program.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    let tried = vec![
        absolute(&beside.join(LIBRARY)),
        absolute(&beside.join("../lib/irispg").join(LIBRARY)),
    ];
    let by = "no IRIS installation is named, so the library beside this program";
    match tried.iter().find(|path| path.is_file()) {
        Some(library) => Ok(Located {
            library: library.clone(),
            manager_directory: absolute(&settings.data),
            found_by: by,
        }),
        None => Err(NotFound { tried, by }),
    }
}

/// Absolute without asking the file system, so that a later change of directory has no effect.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
