//! The few expressions and commands that this simulator runs, and the conversion of their values.
#![allow(non_snake_case)]

use super::abi::{ShortFull, ShortString, ShortWide, code, kind};
use super::errors;
use super::gate;
use super::raise::{Outcome, Raise};
use super::text;
use super::value::Value;
use crate::process::Process;
use std::ffi::{c_int, c_ulong, c_void};

/// Days from 31 December 1840, the first day of `$HOROLOG`, to 1 January 1970.
const HOROLOG_1970: i64 = 47_117;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Evaluates a special variable; its value waits for `IrisType` and `IrisConvert`. 0, −3, −4, −6,
/// −7, −12, 3 for what it does not know.
///
/// # Safety
/// `expression` is null or a counted string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisEvalA(expression: *mut ShortString) -> c_int {
    gate::run("IrisEvalA", |process| {
        process.check_interrupt()?;
        process.evaluated = None;
        // SAFETY: the caller vouches for the string.
        let expression = unsafe { text::read(expression) }?.ok_or_else(bad_argument)?;
        let value = evaluate(process, &text::latin(expression))?;
        process.evaluated = Some(value);
        process.evaluation_is_last = true;
        Ok(())
    })
}

fn bad_argument() -> Raise {
    Raise::Interface(code::BAD_ARGUMENT)
}

fn evaluate(process: &Process, expression: &str) -> Outcome<Value> {
    let environment = &process.environment;
    let name = expression.trim().to_ascii_uppercase();
    Ok(match name.as_str() {
        "$ZVERSION" | "$ZV" => Value::unicode(&environment.zversion),
        "$NAMESPACE" => Value::unicode(&environment.namespace),
        "$USERNAME" => Value::unicode(&environment.user.name),
        "$ROLES" => Value::unicode(&environment.user.roles.join(",")),
        "$JOB" | "$J" => Value::Integer(std::process::id().into()),
        "$TLEVEL" | "$TL" => Value::Integer(environment.sql.level().into()),
        "$HOROLOG" | "$H" => Value::text(horolog().as_bytes()),
        "$ZERROR" | "$ZE" => Value::unicode(&process.zerror),
        _ => return Err(Raise::error(errors::SYNTAX, "")),
    })
}

/// Local date and time as days and seconds.
fn horolog() -> String {
    let seconds = local_seconds().unwrap_or_default();
    format!("{},{}", HOROLOG_1970 + seconds.div_euclid(DAY), seconds.rem_euclid(DAY))
}

/// Seconds since 1970 on the local clock.
fn local_seconds() -> Option<i64> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(now.as_secs()).ok()?;
    let mut parts = std::mem::MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are valid; the function is the one that keeps no state of its own.
    let filled = unsafe { libc::localtime_r(&seconds, parts.as_mut_ptr()) };
    if filled.is_null() {
        return None;
    }
    // SAFETY: the call succeeded, so it wrote the structure.
    let parts = unsafe { parts.assume_init() };
    Some(seconds + parts.tm_gmtoff)
}

/// Runs a command: a change of namespace, or HALT, which ends the connection. 0, −3, −4, −6, −7,
/// −12, 3 for what it does not know, 27, 83.
///
/// # Safety
/// `command` is null or a counted string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisExecuteA(command: *mut ShortString) -> c_int {
    gate::run("IrisExecuteA", |process| {
        process.check_interrupt()?;
        process.evaluated = None;
        process.evaluation_is_last = false;
        // SAFETY: the caller vouches for the string.
        let command = unsafe { text::read(command) }?.ok_or_else(bad_argument)?;
        execute(process, text::latin(command).trim())
    })
}

fn execute(process: &mut Process, command: &str) -> Outcome {
    let syntax = || Raise::error(errors::SYNTAX, "");
    let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
    let rest = rest.trim();
    match word.to_ascii_uppercase().as_str() {
        "" => Ok(()),
        // UNVERIFIED(iris): what HALT in a Callin process does; it ends an ordinary one.
        "HALT" | "H" if rest.is_empty() => Err(Raise::Broken),
        "ZN" | "ZNSPACE" => {
            let name = literal(rest).ok_or_else(syntax)?;
            process.environment.enter(&name, "")
        }
        "SET" | "S" => {
            let (variable, value) = rest.split_once('=').ok_or_else(syntax)?;
            if !variable.trim().eq_ignore_ascii_case("$namespace") {
                return Err(syntax());
            }
            let name = literal(value.trim()).ok_or_else(syntax)?;
            process.environment.enter(&name, "")
        }
        _ => Err(syntax()),
    }
}

/// The value of a string literal: in double quotes, which are doubled inside.
fn literal(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let bare = inner.replace("\"\"", "");
    (!bare.contains('"')).then(|| inner.replace("\"\"", "\""))
}

/// Copies the value of the last evaluation out as the type that is asked for. 0, −4, −7, −10 when
/// a string was cut or a number does not fit, −12 for a type that cannot be, −13 without a value.
///
/// # Safety
/// `place` is null or has room for the type; for strings the length is the room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisConvert(wanted: c_ulong, place: *mut c_void) -> c_int {
    gate::enter("IrisConvert", |process| {
        let value = process.evaluated.clone().ok_or(Raise::Interface(code::NO_RESULT))?;
        let wanted = c_int::try_from(wanted).map_err(|_| bad_argument())?;
        // SAFETY: the caller vouches for the place.
        let whole = match unsafe { convert_string(wanted, &value, place) }? {
            Some(whole) => whole,
            // SAFETY: as above.
            None => unsafe { convert_number(wanted, &value, place) }?,
        };
        if whole { Ok(()) } else { Err(Raise::Interface(code::TRUNCATED)) }
    })
}

/// Writes a value as one of the string types; `None` when another type is wanted.
///
/// # Safety
/// As [`IrisConvert`].
unsafe fn convert_string(
    wanted: c_int,
    value: &Value,
    place: *mut c_void,
) -> Outcome<Option<bool>> {
    let units = || value.clone().into_units();
    match wanted {
        kind::ASTRING => {
            let characters = value.clone().into_characters()?;
            // SAFETY: the caller vouches for a string with its room.
            unsafe { text::fill(place.cast::<ShortString>(), characters.as_bytes()) }.map(Some)
        }
        // SAFETY: as above.
        kind::WSTRING => unsafe { text::fill(place.cast::<ShortWide>(), &units()) }.map(Some),
        kind::HSTRING => {
            let characters: Vec<i32> = text::utf16(&units())
                .chars()
                .map(|c| i32::try_from(u32::from(c)).unwrap_or_default())
                .collect();
            // SAFETY: as above.
            unsafe { text::fill(place.cast::<ShortFull>(), &characters) }.map(Some)
        }
        _ => Ok(None),
    }
}

/// Writes a value as one of the number types; false when it does not fit.
///
/// # Safety
/// As [`IrisConvert`].
unsafe fn convert_number(wanted: c_int, value: &Value, place: *mut c_void) -> Outcome<bool> {
    macro_rules! integer {
        ($type:ty) => {{
            let number = <$type>::try_from(value.to_integer());
            // SAFETY: the caller vouches for room for this type.
            unsafe { text::store(place.cast::<$type>(), number.unwrap_or_default()) }?;
            Ok(number.is_ok())
        }};
    }
    match wanted {
        kind::INT | kind::INT4 => integer!(i32),
        kind::CHAR => integer!(i8),
        kind::INT2 => integer!(i16),
        kind::INT8 => integer!(i64),
        kind::UCHAR => integer!(u8),
        kind::UINT2 => integer!(u16),
        kind::UINT | kind::UINT4 => integer!(u32),
        kind::UINT8 => integer!(u64),
        kind::DOUBLE | kind::IEEE_DOUBLE => {
            // SAFETY: the caller vouches for room for a double.
            unsafe { text::store(place.cast::<f64>(), value.to_double()) }.map(|()| true)
        }
        kind::FLOAT => {
            // SAFETY: the caller vouches for room for a float.
            unsafe { text::store(place.cast::<f32>(), value.to_double() as f32) }.map(|()| true)
        }
        _ => Err(bad_argument()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_quoted() {
        assert_eq!(literal("\"USER\""), Some("USER".to_owned()));
        assert_eq!(literal("\"a\"\"b\""), Some("a\"b".to_owned()));
        assert_eq!(literal("\"a\"b\""), None);
        assert_eq!(literal("USER"), None);
        assert_eq!(literal("\""), None);
    }
}
