//! PostgreSQL is the judge of the types room: what it prints and sends for a value, and what it
//! says of an input, must be what the room prints, sends and says.
//!
//! `tests/types/run.sh` starts a private PostgreSQL and runs this; alone it has no judge.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use bytes::BytesMut;
use irispg::types::decode::Decoder;
use irispg::types::encode::{self, Codec};
use irispg::types::iris::{numeric_scale, numeric_typmod};
use irispg::types::list::{Item, Writer};
use irispg::types::{Format, PgType, ValueError, Zone, decode};

/// Asks PostgreSQL by psql and gives the lines of its answer.
fn ask(sql: &str) -> Vec<String> {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .env("PGTZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // A thread of its own: psql answers while it reads, and both pipes have an end.
    let mut input = psql.stdin.take().unwrap();
    let text = sql.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = psql.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "psql failed on {}", &sql[..sql.len().min(400)]);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        let index = self.below(u64::try_from(choices.len()).unwrap());
        choices[usize::try_from(index).unwrap()]
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn sent(ty: PgType, typmod: i32, format: Format, list: &[u8]) -> Result<Vec<u8>, ValueError> {
    sent_in(Zone::UTC, ty, typmod, format, list)
}

fn sent_in(
    zone: Zone,
    ty: PgType,
    typmod: i32,
    format: Format,
    list: &[u8],
) -> Result<Vec<u8>, ValueError> {
    let mut out = BytesMut::new();
    encode::row(&mut out, &[Codec { ty, typmod, format, zone }], list)?;
    Ok(out[6..].to_vec())
}

fn element(item: Item<'_>) -> Vec<u8> {
    let mut list = Writer::new();
    list.item(item);
    list.into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The text and the bytes that the room sends, as one line `text|hex`.
fn both(ty: PgType, typmod: i32, item: Item<'_>) -> String {
    let list = element(item);
    let text = sent(ty, typmod, Format::Text, &list).unwrap();
    let binary = sent(ty, typmod, Format::Binary, &list).unwrap();
    format!("{}|{}", String::from_utf8(text).unwrap(), hex(&binary))
}

/// Compares line by line and shows the first differences of all.
fn assert_same(inputs: &[String], ours: &[String], theirs: &[String]) {
    assert_eq!(ours.len(), theirs.len(), "PostgreSQL gave another number of answers");
    let differing: Vec<String> = inputs
        .iter()
        .zip(ours.iter().zip(theirs))
        .filter(|(_, (ours, theirs))| ours != theirs)
        .map(|(input, (ours, theirs))| format!("{input}: ours {ours}, PostgreSQL {theirs}"))
        .collect();
    let count = differing.len();
    assert!(count == 0, "{count} differ:\n{}", differing[..count.min(40)].join("\n"));
}

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn doubles() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut numbers: Vec<f64> = (0..20_000).map(|_| f64::from_bits(dice.next())).collect();
    numbers.retain(|number| number.is_finite());
    for power in -323..309 {
        numbers.push(format!("1e{power}").parse().unwrap());
        numbers.push(format!("9.5e{power}").parse().unwrap());
        let two = 2_f64.powi(power);
        numbers.extend([two, f64::from_bits(two.to_bits() + 1), 3.0 * two]);
    }
    numbers.retain(|number| number.is_finite());
    let mut sql = "SELECT v || '|' || encode(float8send(v), 'hex') FROM (VALUES\n".to_owned();
    for (index, number) in numbers.iter().enumerate() {
        let comma = if index == 0 { "" } else { ",\n" };
        write!(sql, "{comma}({index}, '{number:e}'::float8)").unwrap();
    }
    sql.push_str(") AS t (i, v) ORDER BY i;");
    let inputs: Vec<String> = numbers.iter().map(|number| format!("{number:e}")).collect();
    let ours: Vec<String> =
        numbers.iter().map(|n| both(PgType::Float8, -1, Item::Double(*n))).collect();
    assert_same(&inputs, &ours, &ask(&sql));
}

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn singles() {
    let mut dice = Dice(0x1234_5678_9ABC_DEF1);
    let low = |bits: u64| u32::try_from(bits & 0xFFFF_FFFF).unwrap();
    let mut numbers: Vec<f32> = (0..20_000).map(|_| f32::from_bits(low(dice.next()))).collect();
    numbers.extend((-45..39).map(|power| format!("1e{power}").parse::<f32>().unwrap()));
    numbers.extend((-149..128).map(|power| 2_f32.powi(power)));
    numbers.retain(|number| number.is_finite());
    let mut sql = "SELECT v || '|' || encode(float4send(v), 'hex') FROM (VALUES\n".to_owned();
    for (index, number) in numbers.iter().enumerate() {
        let comma = if index == 0 { "" } else { ",\n" };
        write!(sql, "{comma}({index}, '{number:e}'::float4)").unwrap();
    }
    sql.push_str(") AS t (i, v) ORDER BY i;");
    let inputs: Vec<String> = numbers.iter().map(|number| format!("{number:e}")).collect();
    let ours: Vec<String> = numbers
        .iter()
        .map(|number| both(PgType::Float4, -1, Item::Double(f64::from(*number))))
        .collect();
    assert_same(&inputs, &ours, &ask(&sql));
}

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn numerics() {
    let mut dice = Dice(42);
    let mut inputs = Vec::new();
    let mut ours = Vec::new();
    let mut sql = "SELECT v || '|' || encode(numeric_send(v), 'hex') FROM (VALUES\n".to_owned();
    for index in 0..10_000_u64 {
        let digits = dice.next() >> dice.below(60);
        let scale = dice.below(19);
        let sign = dice.pick(&["", "-"]);
        let mantissa: i64 = format!("{sign}{}", digits >> 2).parse().unwrap();
        let exponent = -i8::try_from(scale).unwrap();
        let wanted = i64::try_from(scale + dice.below(4)).unwrap();
        let typmod = numeric_typmod(60, wanted);
        assert_eq!(numeric_scale(typmod).map(i64::from), Some(wanted));
        let comma = if index == 0 { "" } else { ",\n" };
        write!(sql, "{comma}({index}, '{mantissa}e{exponent}'::numeric(60,{wanted}))").unwrap();
        inputs.push(format!("{mantissa}e{exponent} as numeric(60,{wanted})"));
        ours.push(both(PgType::Numeric, typmod, Item::Decimal { mantissa, exponent }));
    }
    sql.push_str(") AS t (i, v) ORDER BY i;");
    assert_same(&inputs, &ours, &ask(&sql));
}

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn moments() {
    let mut dice = Dice(7);
    let mut inputs = Vec::new();
    let mut ours = Vec::new();
    let mut sql = "SELECT l FROM (VALUES\n".to_owned();
    for index in 0..5_000_u64 {
        let text = format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:0width$}",
            1 + dice.below(9999),
            1 + dice.below(12),
            1 + dice.below(28),
            dice.below(24),
            dice.below(60),
            dice.below(60),
            dice.below(1000),
            width = usize::try_from(3 + dice.below(4)).unwrap()
        );
        let text = dice.pick(&[text.as_str(), &text[..19]]).to_owned();
        let comma = if index == 0 { "" } else { ",\n" };
        write!(
            sql,
            "{comma}({index}, '{text}'::timestamp || '|' || encode(timestamp_send('{text}'), 'hex')
                || ' ' || date '{text}' || '|' || encode(date_send('{text}'), 'hex')
                || ' ' || time '{text}' || '|' || encode(time_send('{text}'), 'hex')
                || ' ' || timestamptz '{text}')"
        )
        .unwrap();
        let item = Item::Bytes(text.as_bytes());
        let zoned = sent(PgType::Timestamptz, -1, Format::Text, &element(item)).unwrap();
        ours.push(format!(
            "{} {} {} {}",
            both(PgType::Timestamp, -1, item),
            both(PgType::Date, -1, Item::Bytes(&text.as_bytes()[..10])),
            both(PgType::Time, -1, Item::Bytes(&text.as_bytes()[11..])),
            String::from_utf8(zoned).unwrap()
        ));
        inputs.push(text);
    }
    sql.push_str(") AS t (i, l) ORDER BY i;");
    assert_same(&inputs, &ours, &ask(&sql));
}

/// What the room makes of an input: the value's text as it would come back, or state and message.
fn understood(ty: PgType, text: &str) -> Result<String, ValueError> {
    let mut list = Writer::new();
    decode::literal_text(ty, text, &mut list)?;
    sent(ty, -1, Format::Text, list.as_bytes()).map(|text| String::from_utf8(text).unwrap())
}

/// Texts that are, or nearly are, values of the type.
fn inputs(ty: PgType, dice: &mut Dice) -> Vec<String> {
    let seeds: &[&str] = match ty {
        PgType::Int2 | PgType::Int4 | PgType::Int8 => &[
            "0",
            "32767",
            "-32768",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            " 12 ",
            "+5",
            "1.5",
            "1e3",
            "--1",
        ],
        PgType::Float8 | PgType::Float4 => &[
            "1.5",
            "-.5",
            "5.",
            "1e10",
            "1E-5",
            "NaN",
            "-Infinity",
            "inf",
            "1e39",
            "1e309",
            "1e-46",
        ],
        PgType::Numeric => &["1.50", "-.5", "5.", "1e10", "1E-5", "12345678901234567", "+3"],
        PgType::Bool => &["true", "false", "yes", "no", "on", "off", "1", "0", "TRUE ", "of"],
        PgType::Bytea => &["\\x00ff", "\\xAb cd", "abc", "a\\\\b", "\\001\\377", "\\x0"],
        PgType::Uuid => {
            &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}"]
        }
        PgType::Interval => &[
            "1 year 2 mons 3 days 04:05:06.7",
            "P1Y2M3DT4H5M6.7S",
            "P0001-02-03T04:05:06",
            "P20240203T040506",
            "-1-2 +3 -4:05:06",
            "1.5 months -2.25 weeks 1.7 hours",
            "1d2h3m4s5ms6us",
            "1 century 2 decades 3 millennia ago",
            "2147483647 days 00:00:01",
            "178956970 years 7 mons",
            "1.0000005 sec",
            "9223372036854 s",
            "@ 1 minute",
            "1e3 s",
            "0.123456789 days",
        ],
        PgType::Date => &["2024-02-29", "20240229", "2/28/2023", "1999-1-8", "2024-06-30 10:00"],
        PgType::Time => &["10:20:30", "1:2", "10:20:30.123456", "102030", "10:20 PM", "T10:20"],
        _ => &[
            "2024-02-29 10:20:30",
            "2024-02-29T10:20:30.5Z",
            "2024-02-29 10:20:30+05:30",
            "20240229T102030",
            "2024-02-29 1:2:3 -8",
            "2024-02-29",
            "2/28/2023 10:20 AM",
        ],
    };
    let rounds = if ty == PgType::Interval { 6000 } else { 600 };
    let mut all: Vec<String> = seeds.iter().map(|seed| (*seed).to_owned()).collect();
    for _ in 0..rounds {
        let mut text = dice.pick(seeds).to_owned();
        for _ in 0..=dice.below(2) {
            let at = usize::try_from(dice.below(u64::try_from(text.len() + 1).unwrap())).unwrap();
            let with =
                dice.pick(&["0", "1", "3", "6", "9", "-", ":", ".", " ", "+", "e", "x", "T", "m"]);
            match dice.below(3) {
                0 => text.insert_str(at, with),
                1 if at < text.len() => text.replace_range(at..=at, with),
                _ if at < text.len() => text.replace_range(at..=at, ""),
                _ => {}
            }
        }
        all.push(text);
    }
    all
}

const TRY: &str = "
CREATE FUNCTION pg_temp.try(ty text, v text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
    EXECUTE format('SELECT %L::%s', v, ty) INTO r;
    RETURN r;
EXCEPTION WHEN others THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
";

/// True where the room is known to refuse what PostgreSQL takes, or to say so in other words:
/// always a refusal, never another value.
fn is_known_refusal(ty: PgType, ours: &ValueError, theirs: &str) -> bool {
    let moment =
        matches!(ty, PgType::Date | PgType::Time | PgType::Timestamp | PgType::Timestamptz);
    match ours {
        ValueError::NoSuchValue { .. }
        | ValueError::EmptyBytes
        | ValueError::Precision { .. }
        | ValueError::DateRange { .. } => true,
        // PostgreSQL takes blanks between `e` and the power of ten.
        ValueError::InvalidText { text, .. } if ty == PgType::Numeric => {
            !theirs.contains(' ') && text.to_ascii_lowercase().contains("e ")
        }
        // C's library reads hexadecimal numbers.
        ValueError::InvalidText { text, .. } if ty == PgType::Interval => text.contains("0x"),
        // Rarer forms of dates, such as Julian days and `10:20.5`, are not read.
        ValueError::InvalidText { .. } | ValueError::FieldRange { .. } => {
            moment && (!theirs.starts_with('2') || !theirs.contains("invalid input syntax"))
        }
        _ => moment,
    }
}

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn texts_mean_what_they_mean_to_postgresql() {
    let types = [
        PgType::Int2,
        PgType::Int4,
        PgType::Int8,
        PgType::Float4,
        PgType::Float8,
        PgType::Numeric,
        PgType::Bool,
        PgType::Bytea,
        PgType::Uuid,
        PgType::Date,
        PgType::Time,
        PgType::Timestamp,
        PgType::Timestamptz,
        PgType::Interval,
    ];
    let mut dice = Dice(99);
    let mut differing = Vec::new();
    let (mut same, mut refused) = (0, 0);
    for ty in types {
        let inputs = inputs(ty, &mut dice);
        let mut sql = TRY.to_owned();
        for input in &inputs {
            let name = quoted(ty.name());
            writeln!(sql, "SELECT pg_temp.try({name}, {});", quoted(input)).unwrap();
        }
        let theirs = ask(&sql);
        assert_eq!(theirs.len(), inputs.len());
        for (input, theirs) in inputs.iter().zip(theirs) {
            // A boolean cast to text is spelled out; sent as a value it is a letter.
            let theirs = match (ty, theirs.as_str()) {
                (PgType::Bool, "true") => "t".to_owned(),
                (PgType::Bool, "false") => "f".to_owned(),
                _ => theirs,
            };
            let ours = understood(ty, input);
            let shown = match &ours {
                Ok(text) => text.clone(),
                Err(error) => format!("{} {error}", error.sqlstate()),
            };
            // IRIS keeps no trailing zeros of a numeric without a scale.
            let plain = ty == PgType::Numeric && theirs.contains('.') && !theirs.contains(' ');
            let trimmed = theirs.trim_end_matches('0').trim_end_matches('.');
            if shown == theirs || (plain && shown == trimmed) {
                same += 1;
            } else if ours.as_ref().is_err_and(|error| is_known_refusal(ty, error, &theirs)) {
                refused += 1;
            } else {
                differing.push(format!("{input:?} as {}: {shown}; PG: {theirs}", ty.name()));
            }
        }
    }
    let count = differing.len();
    println!("{same} alike, {refused} refused by us alone or in other words, {count} different");
    assert!(count == 0, "{count} differ:\n{}", differing[..count.min(60)].join("\n"));
}

/// Zones with summer time, without, with offsets of minutes, with transitions of all kinds.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Zurich",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
    "Europe/Dublin",
    "America/Sao_Paulo",
    "Asia/Tehran",
    "Etc/GMT+12",
    "EST5EDT",
    "GMT-01:00",
    "5.5",
    "-7",
];

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn zones() {
    let mut dice = Dice(11);
    let (mut inputs, mut ours) = (Vec::new(), Vec::new());
    let mut sql = String::new();
    for name in ZONES {
        let zone = Zone::of_setting(name).unwrap();
        writeln!(sql, "SET TimeZone = '{name}'; SHOW TimeZone;").unwrap();
        inputs.push((*name).to_owned());
        ours.push(zone.name().to_owned());
        for round in 0..800_u64 {
            // Most lie where zones change: within some days of the usual turns of the clock.
            let year = if round % 4 == 0 { 1 + dice.below(9998) } else { 1970 + dice.below(80) };
            let month = dice.pick(&["03", "04", "10", "11", "01", "07"]).to_owned();
            let given = format!(
                "{year:04}-{month}-{:02} {:02}:{:02}:{:02}{}",
                1 + dice.below(30),
                dice.below(24),
                dice.below(60),
                dice.below(60),
                dice.pick(&["", ".5", "", "+02", " Europe/Zurich", "-03:30", "Z"])
            );
            writeln!(
                sql,
                "SELECT v || '|' || encode(timestamptz_send(v), 'hex')
                    FROM (SELECT timestamptz '{given}') AS t (v);"
            )
            .unwrap();
            let mut list = Writer::new();
            Decoder { zone }.literal_text(PgType::Timestamptz, &given, &mut list).unwrap();
            let list = list.as_bytes();
            let ty = PgType::Timestamptz;
            let text = sent_in(zone, ty, -1, Format::Text, list).unwrap();
            let binary = sent_in(zone, ty, -1, Format::Binary, list).unwrap();
            ours.push(format!("{}|{}", String::from_utf8(text).unwrap(), hex(&binary)));
            inputs.push(format!("{given} in {name}"));
        }
    }
    assert_same(&inputs, &ours, &ask(&sql));
}

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn intervals() {
    let mut dice = Dice(5);
    let (mut inputs, mut ours) = (Vec::new(), Vec::new());
    let mut sql = String::new();
    let mut before: Option<String> = None;
    for _ in 0..3_000 {
        let mut number = |bits: u64| {
            let size = dice.below(bits);
            i64::try_from(dice.next() >> 1 >> (62 - size)).unwrap()
                * if dice.below(2) == 0 { -1 } else { 1 }
        };
        let (months, days, micros) = (number(30), number(30), number(62));
        let given = format!("{months} mons {days} days {micros} us");
        let mut list = Writer::new();
        decode::literal_text(PgType::Interval, &given, &mut list).unwrap();
        let kept = list.as_bytes().to_vec();
        let Some(Ok(item)) = irispg::types::list::Reader::new(&kept).next() else { panic!() };
        let Item::Bytes(text) = item else { panic!() };
        let key = String::from_utf8(text[..irispg::types::interval::KEY_LENGTH].to_vec()).unwrap();
        let other = before.clone().unwrap_or_else(|| given.clone());
        writeln!(
            sql,
            "SELECT v || '|' || encode(interval_send(v), 'hex'), interval_cmp(v, '{other}')
                FROM (SELECT interval '{given}') AS t (v);"
        )
        .unwrap();
        let mut other_list = Writer::new();
        decode::literal_text(PgType::Interval, &other, &mut other_list).unwrap();
        let other_key = String::from_utf8_lossy(&other_list.as_bytes()[2..28]).into_owned();
        let order = match key.cmp(&other_key) {
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => 1,
        };
        ours.push(format!("{}|{order}", both(PgType::Interval, -1, item)));
        inputs.push(given.clone());
        before = Some(given);
    }
    assert_same(&inputs, &ours, &ask(&sql));
}

#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn arrays() {
    let types = [
        (PgType::Int4Array, &["1", "-22", "2147483647"][..]),
        (PgType::TextArray, &["a", "b c", "", "NULL", "x\"y", "\\", "{}", ",", " t ", "\u{e4}\n"]),
        (PgType::NumericArray, &["15", "-7", "1234567890123"]),
        (PgType::BoolArray, &["true", "f"]),
        (PgType::DateArray, &["2024-02-29", "0001-01-01"]),
        (PgType::TimestamptzArray, &["2024-02-29 10:00:00.5+02"]),
        (PgType::IntervalArray, &["1 day", "-3 mons 10:00:00"]),
        (PgType::UuidArray, &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
        (PgType::ByteaArray, &["\\x00ff", "abc"]),
        (PgType::Float8Array, &["1.5", "-0", "1e300", "Infinity"]),
        (PgType::JsonArray, &["{\"a\": [1, null]}", "null"]),
    ];
    let mut dice = Dice(77);
    let (mut inputs, mut ours) = (Vec::new(), Vec::new());
    let mut sql = "SET extra_float_digits = 1;\n".to_owned();
    for (ty, values) in types {
        for _ in 0..150 {
            let mut given = "{".to_owned();
            for index in 0..dice.below(5) {
                if index > 0 {
                    given.push_str(dice.pick(&[",", " , "]));
                }
                if dice.below(5) == 0 {
                    given.push_str(dice.pick(&["NULL", "null"]));
                    continue;
                }
                let value = dice.pick(values);
                write!(given, "\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")).unwrap();
            }
            given.push('}');
            let quoted = quoted(&given);
            writeln!(
                sql,
                "SELECT replace(v::text, E'\\n', '~') || '|' || encode(array_send(v), 'hex')
                    FROM (SELECT {quoted}::{}) AS t (v);",
                ty.name()
            )
            .unwrap();
            let mut list = Writer::new();
            decode::literal_text(ty, &given, &mut list).unwrap();
            let text = sent(ty, -1, Format::Text, list.as_bytes()).unwrap();
            let binary = sent(ty, -1, Format::Binary, list.as_bytes()).unwrap();
            // What was sent is read again.
            let mut again = Writer::new();
            decode::parameter(ty, Format::Binary, Some(&binary), &mut again).unwrap();
            assert_eq!(again.as_bytes(), list.as_bytes(), "{given}");
            again.clear();
            decode::parameter(ty, Format::Text, Some(&text), &mut again).unwrap();
            assert_eq!(again.as_bytes(), list.as_bytes(), "{given}");
            let text = String::from_utf8(text).unwrap().replace('\n', "~");
            ours.push(format!("{text}|{}", hex(&binary)));
            inputs.push(given);
        }
    }
    assert_same(&inputs, &ours, &ask(&sql));
}

/// Array texts, right and wrong, are taken or refused as PostgreSQL does.
#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn broken_arrays() {
    let seeds = ["{1,2,3}", "{a,\"b c\",NULL}", "[1:2]={a,b}", "{ a , b\\,c }", "{}"];
    let bits = ["{", "}", ",", "\"", "\\", " ", "[", "]", "=", ":", "1", "a", "NULL"];
    compare_texts(PgType::TextArray, &seeds, &bits, 3_000, |ours, theirs| {
        ours.contains("0A000") || ours == theirs
    });
}

/// JSON texts, right and wrong, are taken or refused as PostgreSQL does.
#[test]
#[ignore = "needs PostgreSQL: tests/types/run.sh"]
fn json() {
    let seeds = [
        "{\"a\": [1, -2.5e+10, null, true], \"b\": {\"c\": \"d\\u00e4\\n\"}}",
        "[]",
        "{}",
        "\"text\\\\\\/\"",
        "-0.5",
        "[0, 01, 1e5, 1.]",
        "nulll",
        "[\"\\ud83d\\ude00\", \"\\ud83d\"]",
    ];
    let bits = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "0", "1", "-", "+", ".", "e", "true",
        "null", "false", " ", "\t", "\u{b}", "a", "\u{e4}", "/", "'",
    ];
    compare_texts(PgType::Json, &seeds, &bits, 6_000, |ours, theirs| {
        ours == theirs || (ours.starts_with("22P02") && theirs.starts_with("22P02"))
    });
}

/// Mangles the seeds with the bits and compares what both make of them.
fn compare_texts(
    ty: PgType,
    seeds: &[&str],
    bits: &[&str],
    rounds: usize,
    alike: impl Fn(&str, &str) -> bool,
) {
    let mut dice = Dice(2024);
    let mut inputs: Vec<String> = seeds.iter().map(|seed| (*seed).to_owned()).collect();
    while inputs.len() < rounds {
        let mut text: Vec<char> = dice.pick(seeds).chars().collect();
        for _ in 0..=dice.below(3) {
            let at = usize::try_from(dice.below(u64::try_from(text.len() + 1).unwrap())).unwrap();
            let with = dice.pick(bits).chars();
            match dice.below(3) {
                0 => drop(text.splice(at..at, with)),
                1 if at < text.len() => drop(text.splice(at..=at, with)),
                _ if at < text.len() => drop(text.remove(at)),
                _ => {}
            }
        }
        inputs.push(text.into_iter().collect());
    }
    let mut sql = TRY.to_owned();
    for input in &inputs {
        writeln!(
            sql,
            "SELECT replace(pg_temp.try({}, {}), E'\\n', '~');",
            quoted(ty.name()),
            quoted(input)
        )
        .unwrap();
    }
    let theirs = ask(&sql);
    assert_eq!(theirs.len(), inputs.len());
    let mut differing = Vec::new();
    let mut taken = 0;
    for (input, theirs) in inputs.iter().zip(theirs) {
        let ours = match understood(ty, input) {
            Ok(text) => text.replace('\n', "~"),
            Err(error) => format!("{} {error}", error.sqlstate()),
        };
        taken += usize::from(!theirs.starts_with("22"));
        if !alike(&ours, &theirs) {
            differing.push(format!("{input:?}: {ours}; PG: {theirs}"));
        }
    }
    println!("{} texts, {taken} of them taken", inputs.len());
    let count = differing.len();
    assert!(count == 0, "{count} differ:\n{}", differing[..count.min(40)].join("\n"));
}
