//! Every scalar function that the simulator knows, each with its fact. The binder works from this
//! table alone: a name that is not here is −359 (iris-sql §1.8).

use super::super::api::Version;

/// Where a function may stand: as `NAME(…)`, as `{fn NAME(…)}`, or both (iris-sql Appendix C).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Form {
    Plain,
    Escape,
    Both,
}

/// The type of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Gives {
    /// VARCHAR of this length, 0 for unlimited.
    Text(u32),
    /// VARCHAR as long as the first argument.
    First,
    Small,
    Int,
    Big,
    /// NUMERIC(p,s); DOUBLE when an argument is DOUBLE.
    Number(u8, u8),
    /// The number type of the first argument, with its scale.
    Like,
    /// The same without decimals.
    Whole,
    Date,
    Time,
    Stamp,
    Posix,
    Bytes,
    Guid,
    List,
    /// The binder's rule for this function decides.
    Own,
}

/// One function.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct Function {
    pub(in crate::sql) name: &'static str,
    pub(in crate::sql) form: Form,
    /// One letter for each argument, a small one if it may be missing: T text, N number, M date or
    /// time, B bytes of a list, P date part, A any value; `*` repeats the letter before it.
    pub(in crate::sql) args: &'static str,
    pub(in crate::sql) gives: Gives,
    /// SQLite's function, empty where the binder has a rule for this function alone.
    pub(in crate::sql) sql: &'static str,
    pub(in crate::sql) since: Version,
    /// The rule works without it; a test and a reader do not.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(in crate::sql) fact: &'static str,
}

impl Function {
    /// How few and how many arguments are taken.
    pub(in crate::sql) fn arity(&self) -> (usize, usize) {
        let repeats = self.args.ends_with('*');
        let most = if repeats { usize::MAX } else { self.args.len() };
        (self.args.bytes().filter(u8::is_ascii_uppercase).count(), most)
    }

    /// The letter of argument `at`, in upper case.
    pub(in crate::sql) fn letter(&self, at: usize) -> u8 {
        let letters = self.args.trim_end_matches('*').as_bytes();
        letters.get(at).or(letters.last()).map_or(b'A', u8::to_ascii_uppercase)
    }

    const fn since(self, major: u16, minor: u16) -> Function {
        Function { since: Version::new(major, minor), ..self }
    }
}

/// An entry; its fact says which version it came with (iris-sql §2).
const fn f(
    name: &'static str,
    form: Form,
    args: &'static str,
    gives: Gives,
    sql: &'static str,
    fact: &'static str,
) -> Function {
    Function { name, form, args, gives, sql, since: Version::new(0, 0), fact }
}

/// Finds a function by its name in upper case. A name may have two entries, one for each form.
pub(in crate::sql) fn find(
    name: &str,
    escape: bool,
    version: Version,
) -> Option<&'static Function> {
    TABLE.iter().find(|function| {
        let form = match function.form {
            Form::Both => true,
            Form::Escape => escape,
            Form::Plain => !escape,
        };
        form && function.name == name && version >= function.since
    })
}

/// Syntax of Appendix C.
const C: &str = "iris-sql Appendix C";
/// Rules of the section on functions.
const S2: &str = "iris-sql §2";
/// Escaped by the documentation; called without an escape on 2025.3 by a real program, or found
/// bare in one.
const BARE: &str = "iris-sql §2, §1.8: accepted without {fn}";
/// Named by no synopsis; the facts name it among the usable names.
const NAMED: &str = "iris-sql §2: named in the text";

use Form::{Both, Escape, Plain};
use Gives::{
    Big, Bytes, Date, First, Guid, Int, Like, List, Number, Own, Posix, Small, Stamp, Text, Time,
    Whole,
};

/// Functions whose escape is their only documented form and that no real program was seen to call
/// bare have [`Form::Escape`]. UNVERIFIED(iris): one program calls "many" of them bare (iris-sql
/// §2); only those that it names are taken, so that a caller who forgets the escape fails here.
#[rustfmt::skip]
pub(in crate::sql) const TABLE: &[Function] = &[
    // Text.
    f("ASCII", Both, "T", Int, "i_ascii", C),
    f("CHAR", Both, "N", Text(1), "i_char", C),
    f("CHARACTER_LENGTH", Plain, "T", Int, "i_clen", C),
    f("CHARINDEX", Plain, "TTn", Int, "i_index", C),
    f("CHAR_LENGTH", Plain, "T", Int, "i_clen", C),
    f("CONCAT", Escape, "TT", Text(0), "i_concat", C),
    f("DATALENGTH", Plain, "T", Int, "i_clen", C),
    f("INSTR", Plain, "TTnn", Int, "i_instr", C),
    f("LCASE", Both, "T", First, "i_lower", C),
    f("LEFT", Both, "TN", First, "i_left", BARE),
    // UNVERIFIED(iris): LEN keeps blanks at the end; the facts only ask (iris-sql §4.2).
    f("LEN", Plain, "T", Int, "i_clen", C),
    f("LENGTH", Both, "T", Int, "i_len", C),
    f("LOWER", Plain, "T", First, "i_lower", C),
    f("LPAD", Plain, "TNt", Text(0), "i_lpad", C),
    f("LTRIM", Both, "T", First, "i_ltrim", C),
    f("POSITION", Plain, "TT", Int, "i_index", C),
    f("REPEAT", Both, "TN", Text(0), "i_repeat", C),
    f("REPLACE", Plain, "TTT", Text(0), "i_replace", C),
    f("REPLICATE", Plain, "TN", Text(0), "i_repeat", C),
    f("REVERSE", Plain, "T", First, "i_reverse", C),
    f("RIGHT", Escape, "TN", First, "i_right", C),
    f("RPAD", Plain, "TNt", Text(0), "i_rpad", C),
    f("RTRIM", Both, "T", First, "i_rtrim", C),
    f("SPACE", Both, "N", Text(0), "i_space", C),
    f("STR", Plain, "Nnn", Text(0), "i_str", C),
    f("STRING", Plain, "Tt*", Text(0), "i_join", S2),
    f("STUFF", Plain, "TNNT", Text(0), "i_stuff", C),
    f("SUBSTR", Plain, "TNn", First, "i_substr_back", S2),
    f("SUBSTRING", Both, "TNn", First, "i_substr", S2),
    f("TRIM", Plain, "Tt", First, "i_trim", C),
    f("TRIM LEADING", Plain, "Tt", First, "i_ltrim", C),
    f("TRIM TRAILING", Plain, "Tt", First, "i_rtrim", C),
    f("UCASE", Both, "T", First, "i_upper", C),
    f("UPPER", Plain, "T", First, "i_upper", C),
    f("$EXTRACT", Plain, "Tnn", First, "i_extract", C),
    f("$FIND", Plain, "TTn", Int, "i_find", C),
    f("$JUSTIFY", Plain, "TNn", Text(0), "i_justify", C),
    f("$LENGTH", Plain, "Tt", Int, "i_length", C),
    f("$PIECE", Plain, "TTnn", First, "i_piece", C),
    f("$TRANSLATE", Plain, "TTt", First, "i_translate", C),
    f("HASHBYTES", Plain, "TT", Bytes, "i_hash", S2),
    f("$TSQL_NEWID", Plain, "", Guid, "i_newid", C),
    // Collation and conversion functions; those that make a collation are in the grammar.
    f("%TRUNCATE", Plain, "Tn", First, "i_truncate", C),
    f("%MINUS", Plain, "N", Number(18, 9), "i_neg", C),
    f("%PLUS", Plain, "N", Number(18, 9), "i_plus", C),
    f("%MVR", Plain, "T", First, "i_same", "iris-sql §1.1: legacy collation function"),
    f("%EXTERNAL", Plain, "A", Own, "", C),
    f("%INTERNAL", Plain, "A", Own, "", C),
    f("%ODBCIN", Plain, "A", Own, "", C),
    f("%ODBCOUT", Plain, "A", Own, "", C),
    // Lists.
    f("$LIST", Plain, "Bnn", Own, "", C),
    f("$LISTBUILD", Plain, "Aa*", List, "i_listbuild", C),
    f("$LISTDATA", Plain, "Bn", Int, "i_listdata", C),
    f("$LISTFIND", Plain, "BTn", Int, "i_listfind", C),
    f("$LISTFROMSTRING", Plain, "Tt", List, "i_listfrom", C),
    f("$LISTGET", Plain, "Bnt", Text(0), "i_listget", C),
    f("$LISTLENGTH", Plain, "B", Int, "i_listlength", C),
    f("$LISTSAME", Plain, "BB", Int, "i_listsame", C),
    f("$LISTTOSTRING", Plain, "Bt", Text(0), "i_listto", C),
    // JSON; the grammar puts in front what NULL becomes.
    f("JSON_ARRAY", Plain, "Aa*", Own, "", C),
    f("JSON_OBJECT", Plain, "AAAa*", Own, "", C),
    // XML; the grammar orders the arguments of the first two.
    f("XMLELEMENT", Plain, "AAa*", Own, "", C),
    f("XMLFOREST", Plain, "AAa*", Own, "", C),
    f("XMLCONCAT", Plain, "AAa*", Own, "", C),
    // Numbers.
    f("ABS", Both, "N", Like, "i_abs", C),
    f("ACOS", Escape, "N", Number(19, 17), "i_acos", C),
    f("ASIN", Escape, "N", Number(19, 17), "i_asin", C),
    f("ATAN", Escape, "N", Number(19, 17), "i_atan", C),
    f("ATAN2", Escape, "NN", Number(19, 17), "i_atan2", C),
    f("CEILING", Both, "N", Whole, "i_ceil", C),
    f("COS", Escape, "N", Number(19, 17), "i_cos", C),
    f("COT", Escape, "N", Number(36, 17), "i_cot", C),
    f("DEGREES", Both, "N", Number(36, 17), "i_degrees", C),
    f("EXP", Escape, "N", Number(36, 17), "i_exp", C),
    f("FLOOR", Both, "N", Whole, "i_floor", C),
    f("ISNUMERIC", Plain, "T", Int, "i_isnumeric", C),
    f("LOG", Escape, "N", Number(36, 17), "i_log", C),
    f("LOG10", Both, "N", Number(36, 17), "i_log10", BARE),
    f("MOD", Both, "NN", Own, "i_mod", C),
    f("PI", Escape, "", Number(19, 17), "i_pi", C),
    f("POWER", Both, "NN", Number(36, 16), "i_power", C),
    f("RADIANS", Both, "N", Number(36, 17), "i_radians", C),
    f("ROUND", Both, "NNn", Own, "", C),
    f("SIGN", Both, "N", Small, "i_sign", C),
    f("SIN", Escape, "N", Number(19, 17), "i_sin", C),
    f("SQRT", Both, "N", Number(36, 17), "i_sqrt", C),
    f("SQUARE", Plain, "N", Number(36, 17), "i_square", C),
    f("TAN", Escape, "N", Number(36, 17), "i_tan", C),
    f("TO_NUMBER", Plain, "T", Number(18, 9), "i_plus", C),
    f("TONUMBER", Plain, "T", Number(18, 9), "i_plus", C),
    f("TRUNCATE", Both, "NN", Own, "", BARE),
    // Choices.
    f("COALESCE", Plain, "AAa*", Own, "", C),
    f("DECODE", Plain, "AAAa*", Own, "", C),
    f("GREATEST", Plain, "AAa*", Own, "", C),
    f("IFNULL", Plain, "AAa", Own, "", S2),
    f("IFNULL", Escape, "AA", Own, "", S2),
    f("ISNULL", Plain, "AA", Own, "", C),
    f("LEAST", Plain, "AAa*", Own, "", C),
    f("NULLIF", Plain, "AA", Own, "", C),
    f("NVL", Plain, "AA", Own, "", C),
    // Dates and times.
    f("CURDATE", Escape, "", Own, "", C),
    f("CURTIME", Escape, "", Own, "", C),
    f("DATE", Plain, "M", Date, "i_date", C),
    f("DATEADD", Plain, "PNM", Own, "", S2),
    f("DATEDIFF", Plain, "PMM", Int, "i_datediff", S2),
    f("DATENAME", Plain, "PM", Text(40), "i_datename", S2),
    f("DATEPART", Plain, "PM", Own, "", S2),
    f("DATE_TRUNC", Plain, "PM", Own, "", S2).since(2023, 1),
    f("DAY", Both, "M", Int, "i_day", C),
    f("DAYNAME", Escape, "M", Text(15), "i_dayname", C),
    f("DAYOFMONTH", Both, "M", Int, "i_day", BARE),
    f("DAYOFWEEK", Both, "M", Int, "i_dayofweek", BARE),
    f("DAYOFYEAR", Both, "M", Int, "i_dayofyear", BARE),
    f("GETDATE", Plain, "n", Own, "", C),
    f("GETUTCDATE", Plain, "n", Own, "", C),
    f("HOUR", Both, "M", Int, "i_hour", BARE),
    f("LAST_DAY", Plain, "M", Date, "i_lastday", C),
    f("MINUTE", Escape, "M", Int, "i_minute", C),
    f("MONTH", Both, "M", Int, "i_month", C),
    f("MONTHNAME", Escape, "M", Text(15), "i_monthname", C),
    f("NOW", Both, "", Own, "", C),
    f("QUARTER", Both, "M", Int, "i_quarter", BARE),
    f("SECOND", Both, "M", Own, "", BARE),
    f("TIME", Plain, "M", Time, "i_time", "iris-sql §1.8"),
    f("TIMESTAMPADD", Escape, "PNM", Own, "", S2),
    f("TIMESTAMPDIFF", Escape, "PMM", Int, "i_tsdiff", S2),
    f("TO_CHAR", Plain, "At", Own, "", S2),
    f("TOCHAR", Plain, "At", Own, "", C),
    f("TO_DATE", Plain, "Tt", Date, "i_todate_f", S2),
    f("TODATE", Plain, "Tt", Date, "i_todate_f", C),
    f("TO_POSIXTIME", Plain, "Tt", Posix, "i_toposix_f", S2),
    f("TO_TIMESTAMP", Plain, "Tt", Stamp, "i_tostamp_f", S2),
    f("UNIX_TIMESTAMP", Plain, "m", Own, "", S2),
    f("WEEK", Both, "M", Int, "i_week", BARE),
    f("YEAR", Both, "M", Int, "i_year", C),
    // The session.
    f("DATABASE", Escape, "", Own, "", C),
    f("LAST_IDENTITY", Plain, "", Big, "", C),
    f("USER", Escape, "", Own, "", C),
    f("%SYSTEM_SQL.DEFAULTSCHEMA", Plain, "", Own, "", NAMED),
    f("%SYSTEM_SQL.UTIL_GETOPTION", Plain, "T", Text(255), "i_option", "iris-sql §5.5"),
    f("%SYSTEM_SQL.FUNCTIONS_SQLCODE", Plain, "N", Text(0), "i_sqlcode", "iris-sql §5.5"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_fact_and_one_entry_for_each_form() {
        for (at, function) in TABLE.iter().enumerate() {
            assert!(function.fact.starts_with("iris-sql "), "{}", function.name);
            let rest = TABLE.get(at + 1..).unwrap();
            let twice = rest.iter().any(|other| {
                other.name == function.name
                    && (other.form == function.form || other.form == Form::Both)
            });
            assert!(!twice, "{}", function.name);
        }
    }

    #[test]
    fn missing_and_repeated_arguments_are_counted() {
        // iris-sql Appendix C.
        let of = |name, escape| find(name, escape, Version::new(2025, 1)).map(Function::arity);
        assert_eq!(of("SUBSTRING", false), Some((2, 3)));
        assert_eq!(of("COALESCE", false), Some((2, usize::MAX)));
        assert_eq!(of("IFNULL", false), Some((2, 3)));
        assert_eq!(of("IFNULL", true), Some((2, 2)));
        assert_eq!(of("PI", true), Some((0, 0)));
        assert_eq!(of("PI", false), None);
        assert!(find("DATE_TRUNC", false, Version::new(2022, 1)).is_none());
    }

    /// Every function with every mix of a few arguments answers or refuses; what SQLite itself
    /// refuses would show as `<DATABASE>`.
    #[test]
    fn no_call_is_one_that_sqlite_refuses() {
        use super::super::super::{Identity, Instance};
        const VALUES: [&str; 9] = [
            "NULL",
            "''",
            "'abc'",
            "-1",
            "3.75",
            "?",
            "{d '2021-03-04'}",
            "CURRENT_TIMESTAMP",
            "CAST(1.5 AS DOUBLE)",
        ];
        let dir = std::env::temp_dir().join(format!("iris-mock-calls-{}", std::process::id()));
        let instance = Instance::open(&dir, Version::new(2025, 1)).unwrap();
        let identity = Identity {
            user: "_SYSTEM".to_owned(),
            pid: std::process::id(),
            namespace: "USER".to_owned(),
            zversion: "IRIS for UNIX (Simulator) 2025.1".to_owned(),
        };
        let mut session = instance.session(identity).unwrap();
        let mut seed = 1_usize;
        for function in TABLE {
            // The grammar has these in a syntax of its own.
            if function.name.contains(' ') || function.name.starts_with("XML") {
                continue;
            }
            let (least, most) = function.arity();
            for round in 0..60 {
                let count = least + round % (most.min(least + 2) - least + 1);
                let args: Vec<&str> = (0..count)
                    .map(|at| {
                        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        match function.letter(at) {
                            b'P' if function.name.starts_with("TIMESTAMP") => "SQL_TSI_MONTH",
                            b'P' => "'month'",
                            _ => VALUES[(seed >> 33) % VALUES.len()],
                        }
                    })
                    .collect();
                let call = format!("{}({})", function.name, args.join(", "));
                let text = match function.form {
                    Form::Escape => format!("SELECT {{fn {call}}}"),
                    _ => format!("SELECT {call}"),
                };
                let failed = match session.prepare(&text) {
                    Ok(prepared) => session.execute(&prepared, &[], &mut Vec::new(), 1 << 15).err(),
                    Err(failure) => Some(failure),
                };
                let message = failed.map(|failure| failure.message).unwrap_or_default();
                assert!(!message.contains("<DATABASE>"), "{text}: {message}");
            }
        }
        drop(session);
        drop(instance);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
