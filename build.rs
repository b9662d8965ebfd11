//! Checks the Callin header's layout with the C compiler, and makes the Rust declarations from it.
//!
//! The header is our own (`ffi/include`) unless an installed IRIS brings its own:
//! `IRIS_CALLIN_INCLUDE` names its directory, or `ISC_PACKAGE_INSTALLDIR` the instance it belongs
//! to. With our own header the checked-in `src/callin/bindings.rs` is compiled, and a test compares
//! it with the text made here; with another header the text made here is compiled. bindgen needs
//! libclang; without it the checked-in text serves, because `ffi/layout.c` has proved the layouts
//! equal.

#![allow(clippy::expect_used, reason = "a build script can only stop the build")]

use std::env;
use std::path::{Path, PathBuf};

/// Where the header of an installed IRIS lies below its installation directory (facts: Callin,
/// files).
const INSTALLED_INCLUDE: &str = "dev/iris-callin/include";
const OWN_INCLUDE: &str = "ffi/include";
const HEADER: &str = "iris-callin.h";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(callin_header_installed)");
    println!("cargo::rustc-check-cfg=cfg(callin_bindings_made)");
    for file in ["build.rs", "ffi/layout.c", "ffi/include/iris-callin.h", "ffi/include/iris-cdzf.h"]
    {
        println!("cargo::rerun-if-changed={file}");
    }
    for variable in ["IRIS_CALLIN_INCLUDE", "ISC_PACKAGE_INSTALLDIR", "LIBCLANG_PATH"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }

    let installed = installed_include();
    let include = installed.clone().unwrap_or_else(|| PathBuf::from(OWN_INCLUDE));
    for header in [HEADER, "iris-cdzf.h"] {
        println!("cargo::rerun-if-changed={}", include.join(header).display());
    }
    check_layout(&include);

    let made = std::panic::catch_unwind(|| bindings(&include));
    match (made, installed) {
        (Ok(Ok(text)), installed) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
            std::fs::write(out.join("bindings.rs"), text).expect("OUT_DIR can be written to");
            println!("cargo::rustc-cfg=callin_bindings_made");
            if installed.is_some() {
                println!("cargo::rustc-cfg=callin_header_installed");
            }
        }
        (Ok(Err(error)), _) => {
            println!("cargo::error=bindgen cannot read {}: {error}", include.display());
        }
        (Err(_), Some(_)) => println!(
            "cargo::warning=libclang is missing: the checked-in declarations are used, whose \
             layouts equal those of {}",
            include.display()
        ),
        (Err(_), None) => {}
    }
}

/// The include directory of an installed IRIS, if one is named; a named one without the header is
/// an error, not a fall-back.
fn installed_include() -> Option<PathBuf> {
    if let Some(named) = env::var_os("IRIS_CALLIN_INCLUDE").filter(|v| !v.is_empty()) {
        let named = PathBuf::from(named);
        if !named.join(HEADER).is_file() {
            println!("cargo::error=IRIS_CALLIN_INCLUDE: no {HEADER} in {}", named.display());
        }
        return Some(named);
    }
    // An instance without the development files is usual, and no reason to stop.
    let instance = env::var_os("ISC_PACKAGE_INSTALLDIR").filter(|v| !v.is_empty())?;
    let include = Path::new(&instance).join(INSTALLED_INCLUDE);
    include.join(HEADER).is_file().then_some(include)
}

/// Compiles the table of static assertions; nothing of it is linked.
fn check_layout(include: &Path) {
    let outcome = cc::Build::new()
        .file("ffi/layout.c")
        .include(include)
        .std("c11")
        .cargo_metadata(false)
        .try_compile("callin_layout");
    if let Err(error) = outcome {
        println!(
            "cargo::error=the Callin header in {} has another layout than this gateway was \
             written for (ffi/layout.c says where): {error}",
            include.display()
        );
    }
}

/// The functions that our header declares. Only these are declared in Rust, from whatever header,
/// so that both give one API.
fn functions() -> Vec<String> {
    let header = Path::new(OWN_INCLUDE).join(HEADER);
    let text = std::fs::read_to_string(header).expect("our own header is part of the sources");
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with([' ', '/', '#'])) {
        let Some((before, _)) = line.split_once('(') else { continue };
        let name = before.rsplit([' ', '*']).next().unwrap_or_default();
        if name.starts_with("Iris") {
            names.push(name.to_owned());
        }
    }
    names
}

fn bindings(include: &Path) -> Result<String, bindgen::BindgenError> {
    let mut builder = bindgen::Builder::default()
        .header(include.join(HEADER).to_string_lossy())
        .clang_arg(format!("-I{}", include.display()))
        .clang_args(compiler_include().iter().map(|dir| format!("-idirafter{}", dir.display())))
        .allowlist_type("Callin_char_t|IRIS_ASTRP?|IRISWSTRP?|IRISHSTRP?|IRIS_EXSTRP?")
        .allowlist_var("IRIS_.*")
        .default_macro_constant_type(bindgen::MacroTypeVariation::Signed)
        .dynamic_library_name("IrisApi")
        .dynamic_link_require_all(false)
        .generate_comments(false)
        .rust_edition(bindgen::RustEdition::Edition2024)
        .wrap_unsafe_ops(true)
        .formatter(bindgen::Formatter::Rustfmt);
    for name in functions() {
        builder = builder.allowlist_function(name);
    }
    Ok(builder.generate()?.to_string())
}

/// The C compiler's own include directory: a libclang without its resource headers lacks
/// `stddef.h`.
fn compiler_include() -> Option<PathBuf> {
    let mut command = cc::Build::new().try_get_compiler().ok()?.to_command();
    let output = command.arg("-print-file-name=include").output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.join("stddef.h").is_file().then_some(path)
}
