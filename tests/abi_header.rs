//! Our declaration of the Callin interface against the tables in `tests/abi`: the compiler of C and
//! the compiler of C++ have to find every layout, number and slot as it stands there, and the Rust
//! declarations have to be those that bindgen makes from the header.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

const CONSTANTS: &str = include_str!("abi/constants.txt");
const LAYOUTS: &str = include_str!("abi/layouts.txt");
const SLOTS: &str = include_str!("abi/slots.txt");
const PROTOTYPES: &str = include_str!("abi/prototypes.txt");
const HEADER: &str = include_str!("../ffi/include/iris-callin.h");
const BINDINGS: &str = include_str!("../src/callin/bindings.rs");

/// A language, its compiler (and the variable that names another one), and the word it asserts by.
struct Language {
    name: &'static str,
    compiler: (&'static str, &'static str),
    flags: [&'static str; 2],
    assertion: &'static str,
    alignment: &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language {
        name: "c11",
        compiler: ("CC", "cc"),
        flags: ["-std=c11", "-xc"],
        assertion: "_Static_assert",
        alignment: "_Alignof",
    },
    Language {
        name: "c++17",
        compiler: ("CXX", "c++"),
        flags: ["-std=c++17", "-xc++"],
        assertion: "static_assert",
        alignment: "alignof",
    },
];

fn rows(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ffi/include")
}

fn compile(language: &Language, source: &str) -> Output {
    let (variable, usual) = language.compiler;
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("abi-{}-{serial}.txt", std::process::id()));
    std::fs::write(&path, source).unwrap();
    Command::new(std::env::var_os(variable).unwrap_or_else(|| usual.into()))
        .args(language.flags)
        .args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
        .arg(format!("-I{}", include().display()))
        .arg(&path)
        .output()
        .unwrap()
}

fn assert_compiles(language: &Language, source: &str) {
    let output = compile(language, source);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "as {}:\n{errors}", language.name);
}

/// All rows of all tables as assertions. `shift` is added to every figure, so that the tables can
/// be shown to be able to fail.
fn assertions(language: &Language, shift: i64) -> String {
    let mut source = String::from("#include <stddef.h>\n#include \"iris-callin.h\"\n");
    let assertion = language.assertion;
    for row in rows(CONSTANTS) {
        let (name, value) = row.split_once(' ').unwrap();
        let value = value.parse::<i64>().unwrap() + shift;
        writeln!(source, "{assertion}({name} == {value}, \"{row}\");").unwrap();
    }
    for row in rows(LAYOUTS) {
        let (what, figures) = row.split_once(": ").unwrap();
        let figures: Vec<i64> = figures.split(' ').map(|figure| figure.parse().unwrap()).collect();
        let condition = match (what.split_once('.'), figures.as_slice()) {
            (Some((name, member)), [offset]) => {
                format!("offsetof({name}, {member}) == {}", offset + shift)
            }
            (None, [size, alignment]) => {
                let of = language.alignment;
                format!(
                    "sizeof({what}) == {} && {of}({what}) == {}",
                    size + shift,
                    alignment + shift
                )
            }
            _ => panic!("a row of another shape: {row}"),
        };
        writeln!(source, "{assertion}({condition}, \"{row}\");").unwrap();
    }
    for row in rows(SLOTS) {
        let (slot, function) = row.split_once(' ').unwrap();
        let offset = 8 * slot.parse::<i64>().unwrap() + shift;
        writeln!(
            source,
            "{assertion}(offsetof(struct IrisExportFuncTab, {function}) == {offset}, \"{row}\");"
        )
        .unwrap();
    }
    source
}

#[test]
fn the_header_has_every_number_layout_and_slot() {
    for language in &LANGUAGES {
        assert_compiles(language, &assertions(language, 0));
    }
}

#[test]
fn each_row_of_the_tables_can_fail() {
    let rows = rows(CONSTANTS).count() + rows(LAYOUTS).count() + rows(SLOTS).count();
    for language in &LANGUAGES {
        let output = compile(language, &assertions(language, 1));
        let text = String::from_utf8_lossy(&output.stderr);
        let failed = text.matches("error: static assertion failed").count();
        assert_eq!(failed, rows, "as {}", language.name);
    }
}

/// Declaring a function a second time is allowed exactly when the types are the same.
#[test]
fn the_header_has_every_prototype() {
    for language in &LANGUAGES {
        let with = |change: fn(&str) -> String| {
            let prototypes: String =
                rows(PROTOTYPES).map(|row| format!("IRIS_C {};\n", change(row))).collect();
            format!(
                "#include \"iris-callin.h\"\n\
                 #ifdef __cplusplus\n#define IRIS_C extern \"C\"\n#else\n#define IRIS_C\n#endif\n\
                 {prototypes}"
            )
        };
        assert_compiles(language, &with(str::to_owned));
        // With one more argument each of them is another function.
        let output = compile(language, &with(|row| format!("{}, struct iris *)", one_less(row))));
        let errors = String::from_utf8_lossy(&output.stderr);
        for row in rows(PROTOTYPES) {
            let name = name_of(row);
            assert!(errors.contains(name), "as {}: {row} cannot fail", language.name);
        }
    }
    let declared: BTreeSet<&str> = rows(PROTOTYPES).map(name_of).collect();
    assert_eq!(declared, declared_functions());
}

/// A prototype without its last parenthesis, and without a lone `void`.
fn one_less(prototype: &str) -> String {
    let open = prototype.strip_suffix(')').unwrap();
    open.strip_suffix("(void").map_or_else(|| open.to_owned(), |name| format!("{name}(int"))
}

fn name_of(prototype: &str) -> &str {
    prototype.split('(').next().and_then(|before| before.rsplit([' ', '*']).next()).unwrap()
}

#[test]
fn the_tables_are_whole() {
    let constants: BTreeSet<&str> =
        rows(CONSTANTS).filter_map(|row| row.split(' ').next()).collect();
    assert_eq!(constants.len(), rows(CONSTANTS).count());
    // Every constant that the header defines stands in the table; INT64 is a type.
    let defined: BTreeSet<&str> = HEADER
        .lines()
        .filter_map(|line| line.strip_prefix("#define IRIS_"))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    let missing: Vec<&&str> = defined
        .iter()
        .filter(|name| !constants.contains(format!("IRIS_{name}").as_str()))
        .collect();
    assert_eq!(missing, [&"INT64"]);
    assert_eq!(rows(SLOTS).count(), 170);
}

#[test]
fn each_header_can_be_included_first_or_alone() {
    for language in &LANGUAGES {
        for headers in [
            "#include \"iris-callin.h\"\n",
            "#include \"iris-cdzf.h\"\n",
            "#include \"iris-cdzf.h\"\n#include \"iris-callin.h\"\n",
            "#define USE_CALLIN_CHAR\n#include \"iris-callin.h\"\n",
        ] {
            let source = format!(
                "{headers}\
                 int stack(IRISEFTP table, IRISCBTP services, ZARRAYP text);\n\
                 int stack(IRISEFTP table, IRISCBTP services, ZARRAYP text)\n\
                 {{\n\
                     static Callin_char_t name[] = {{ 'a' }};\n\
                     if (services == NULL || text->len == 0) return ZF_FAILURE;\n\
                     return table->PushStr(1, name) + IrisPushStr(1, name) + ZF_SUCCESS;\n\
                 }}\n"
            );
            assert_compiles(language, &source);
        }
        let plain = "#define USE_CALLIN_CHAR\n#include \"iris-callin.h\"\n\
                     int push(void);\nint push(void) { return IrisPushStr(3, \"abc\"); }\n";
        assert_compiles(language, plain);
    }
}

fn declared_functions() -> BTreeSet<&'static str> {
    HEADER
        .lines()
        .filter(|line| !line.starts_with([' ', '/', '#']))
        .filter_map(|line| line.split_once('('))
        .filter_map(|(before, _)| before.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("Iris"))
        .collect()
}

/// The functions that the gateway may call, so that neither the header nor the declarations lose
/// one.
#[test]
fn header_and_declarations_name_the_same_functions() {
    let declared = declared_functions();
    let bound: BTreeSet<&str> = BINDINGS
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub unsafe fn "))
        .filter_map(|rest| rest.split('(').next())
        .filter(|name| name.starts_with("Iris"))
        .collect();
    assert_eq!(declared, bound);
    assert!(declared.len() >= 60, "{}", declared.len());
}

/// `cargo xtask bindings` refreshes the file. Only the formatting may differ, because rustfmt may
/// be absent where the text is made.
#[test]
#[cfg(all(callin_bindings_made, not(callin_header_installed)))]
fn the_declarations_are_those_that_bindgen_makes() {
    let made = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));
    let (made, checked_in) = (bare(made), bare(BINDINGS));
    let at = made.bytes().zip(checked_in.bytes()).take_while(|(made, kept)| made == kept).count();
    let near = |text: &str| text.chars().skip(at.saturating_sub(60)).take(160).collect::<String>();
    assert!(
        made == checked_in,
        "src/callin/bindings.rs is out of date, run `cargo xtask bindings`:\n{}\n{}",
        near(&made),
        near(&checked_in)
    );
}

/// A text without white space and without the commas that rustfmt adds before a closing bracket.
#[cfg(all(callin_bindings_made, not(callin_header_installed)))]
fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_whitespace()) {
        if matches!(character, ')' | ']' | '}' | '>') && bare.ends_with(',') {
            bare.pop();
        }
        bare.push(character);
    }
    bare
}
