//! The operators.

use super::{Form as F, Line};
use crate::sql::resolve::Slot::{self, Is, NonArray};
use crate::types::pg::PgType;

const BOOL: Slot = Is(PgType::Bool);
const BYTES: Slot = Is(PgType::Bytea);
const CHAR: Slot = Is(PgType::Bpchar);
const DATE: Slot = Is(PgType::Date);
const F4: Slot = Is(PgType::Float4);
const F8: Slot = Is(PgType::Float8);
const I2: Slot = Is(PgType::Int2);
const I4: Slot = Is(PgType::Int4);
const I8: Slot = Is(PgType::Int8);
const NAME: Slot = Is(PgType::Name);
const NUM: Slot = Is(PgType::Numeric);
const OID: Slot = Is(PgType::Oid);
const SPAN: Slot = Is(PgType::Interval);
const TEXT: Slot = Is(PgType::Text);
const TIME: Slot = Is(PgType::Time);
const TS: Slot = Is(PgType::Timestamp);
const TZ: Slot = Is(PgType::Timestamptz);
const UUID: Slot = Is(PgType::Uuid);

/// Operators between whole numbers.
const INTEGERS: &[&[Slot]] = &[
    &[I2, I2],
    &[I2, I4],
    &[I2, I8],
    &[I4, I2],
    &[I4, I4],
    &[I4, I8],
    &[I8, I2],
    &[I8, I4],
    &[I8, I8],
];

/// Operators between numbers of any size.
const NUMBERS: &[&[Slot]] = &[
    &[I2, I2],
    &[I2, I4],
    &[I2, I8],
    &[I4, I2],
    &[I4, I4],
    &[I4, I8],
    &[I8, I2],
    &[I8, I4],
    &[I8, I8],
    &[NUM, NUM],
    &[F8, F8],
];

/// What is compared with `=`, `<` and so on.
const COMPARED: &[&[Slot]] = &[
    &[BOOL, BOOL],
    &[CHAR, CHAR],
    &[DATE, DATE],
    &[DATE, TS],
    &[DATE, TZ],
    &[F4, F4],
    &[F4, F8],
    &[F8, F4],
    &[F8, F8],
    &[I2, I2],
    &[I2, I4],
    &[I2, I8],
    &[I4, I2],
    &[I4, I4],
    &[I4, I8],
    &[I8, I2],
    &[I8, I4],
    &[I8, I8],
    &[NAME, NAME],
    &[NAME, TEXT],
    &[NUM, NUM],
    &[OID, OID],
    &[TEXT, NAME],
    &[TEXT, TEXT],
    &[TIME, TIME],
    &[TS, DATE],
    &[TS, TS],
    &[TS, TZ],
    &[TZ, DATE],
    &[TZ, TS],
    &[TZ, TZ],
    &[UUID, UUID],
    &[BYTES, BYTES],
    &[SPAN, SPAN],
];

/// LIKE and regular expressions.
const MATCHED: &[&[Slot]] = &[&[NAME, TEXT], &[TEXT, TEXT], &[CHAR, TEXT]];

const fn line(name: &'static str, signatures: &'static [&'static [Slot]], form: F) -> Line {
    Line::new(name, signatures, form)
}

/// The operators.
pub(super) const LINES: &[Line] = &[
    line("!~", MATCHED, F::Regex { insensitive: false, negated: true }),
    line("!~*", MATCHED, F::Regex { insensitive: true, negated: true }),
    line("!~~", MATCHED, F::Like { insensitive: false, negated: true }),
    line("!~~*", MATCHED, F::Like { insensitive: true, negated: true }),
    line("%", &[&[I2, I2], &[I4, I4], &[I8, I8], &[NUM, NUM]], F::Modulo),
    line("*", NUMBERS, F::Infix("*")),
    line("*", &[&[F8, SPAN], &[SPAN, F8]], F::Spans),
    line("+", NUMBERS, F::Infix("+")),
    line("+", &[&[I2], &[I4], &[I8], &[NUM], &[F4], &[F8]], F::Same),
    line("+", &[&[DATE, I4], &[I4, DATE]], F::Days { minus: false }),
    line(
        "+",
        &[&[DATE, SPAN], &[SPAN, DATE], &[TS, SPAN], &[SPAN, TS], &[TZ, SPAN], &[SPAN, TZ]],
        F::Moved { minus: false },
    ),
    line("+", &[&[SPAN, SPAN]], F::Spans),
    line("-", &[&[SPAN], &[SPAN, SPAN]], F::Spans),
    line("-", NUMBERS, F::Infix("-")),
    line("-", &[&[I2], &[I4], &[I8], &[NUM], &[F4], &[F8]], F::Negate),
    line("-", &[&[DATE, I4]], F::Days { minus: true }),
    line("-", &[&[DATE, DATE]], F::DaysBetween),
    line("-", &[&[DATE, SPAN], &[TS, SPAN], &[TZ, SPAN]], F::Moved { minus: true }),
    line("-", &[&[TS, TS], &[TZ, TZ]], F::Elapsed),
    line("/", INTEGERS, F::Infix("\\")),
    line("/", &[&[F8, F8]], F::Infix("/")),
    line("/", &[&[NUM, NUM]], F::Divide),
    line("<", COMPARED, F::Compare("<")),
    line("<=", COMPARED, F::Compare("<=")),
    line("<>", COMPARED, F::Compare("<>")),
    line("=", COMPARED, F::Compare("=")),
    line(">", COMPARED, F::Compare(">")),
    line(">=", COMPARED, F::Compare(">=")),
    line("@", &[&[I2], &[I4], &[I8], &[NUM], &[F4], &[F8]], F::Call("ABS")),
    line("^", &[&[F8, F8]], F::Power),
    line("^@", &[&[TEXT, TEXT]], F::Starts),
    line("|/", &[&[F8]], F::Call("SQRT")),
    line("||", &[&[TEXT, TEXT], &[TEXT, NonArray], &[NonArray, TEXT]], F::Concat),
    line("~", MATCHED, F::Regex { insensitive: false, negated: false }),
    line("~*", MATCHED, F::Regex { insensitive: true, negated: false }),
    line("~~", MATCHED, F::Like { insensitive: false, negated: false }),
    line("~~*", MATCHED, F::Like { insensitive: true, negated: false }),
];
