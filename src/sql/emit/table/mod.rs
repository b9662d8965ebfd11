//! Which operators and functions are translated: one line for each, sorted by name.
//!
//! A line names PostgreSQL's rows, as `resolve` has them, by name and argument types, and says what
//! the operation or call becomes; the rows themselves say the type of the result and what NULL does
//! in it. What has no line is refused. A function that PostgreSQL has and IRIS cannot imitate
//! exactly has a line with the reason.

mod function;
mod operator;
#[cfg(test)]
mod tests;

use super::moment::Moment;
use super::text::Text;
use crate::sql::resolve::{Function, Operator, Slot};
use crate::sql::statement::Version;

/// Rows of one name that become the same.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: &'static str,
    /// The argument types of each row; none for a function that is refused whatever its arguments.
    pub(super) signatures: &'static [&'static [Slot]],
    pub(super) form: Form,
    /// The first release of IRIS that has it.
    pub(super) since: Option<Version>,
}

/// What an operation or call becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The same call under IRIS's name.
    Call(&'static str),
    /// The same call under IRIS's name; each argument is a text.
    Texts(&'static str),
    /// An operator between its operands.
    Infix(&'static str),
    /// A comparison.
    Compare(&'static str),
    /// A quotient of type numeric.
    Divide,
    /// `MOD(a, b)`
    Modulo,
    /// A sign before a number.
    Negate,
    /// The argument itself.
    Same,
    /// `||` of texts, or of a text and a value shown as text.
    Concat,
    /// A date and a number of days.
    Days { minus: bool },
    /// The days between two dates.
    DaysBetween,
    /// Intervals that are constants, added, taken or multiplied.
    Spans,
    /// A moment and an interval.
    Moved { minus: bool },
    /// The time between two timestamps.
    Elapsed,
    /// LIKE as an operator.
    Like { insensitive: bool, negated: bool },
    /// A regular expression.
    Regex { insensitive: bool, negated: bool },
    /// Whether a text begins with another.
    Starts,
    /// A rewriting of texts.
    Text(Text),
    /// A rewriting of dates and times.
    Moment(Moment),
    /// `ROUND` of numeric, with or without a scale; `cut` for `trunc`.
    Round { cut: bool },
    /// `round` of double precision: halves to even.
    RoundDouble,
    /// `trunc` of double precision.
    CutDouble,
    /// The number of elements of an array parameter.
    Cardinality,
    /// `gen_random_uuid`
    NewUuid,
    /// `pi`
    Pi,
    /// A power of double precision.
    Power,
    /// How many arguments are NULL, or are not.
    CountNulls { null: bool },
    /// An aggregate.
    Aggregate(Aggregate),
    /// A function that stands only before OVER.
    Window(Window),
    /// PostgreSQL has it, IRIS nothing that gives the same: why, and what helps.
    Refused(&'static str),
}

/// Aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    /// `bool_and`, which is the least of the truth values.
    All,
    /// `bool_or`, which is the greatest.
    Any,
    /// `string_agg`
    Joined,
}

/// Functions of windows that are no aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    RowNumber,
    Rank,
    DenseRank,
    Ntile,
    Lag,
    Lead,
    First,
    Last,
    Nth,
}

impl Line {
    const fn new(name: &'static str, signatures: &'static [&'static [Slot]], form: Form) -> Self {
        Self { name, signatures, form, since: None }
    }

    const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version { major, minor });
        self
    }
}

fn named<'t>(lines: &'t [Line], name: &str) -> &'t [Line] {
    let start = lines.partition_point(|line| line.name < name);
    let end = lines.partition_point(|line| line.name <= name);
    lines.get(start..end).unwrap_or_default()
}

/// The line of a function.
pub(super) fn function(function: &Function) -> Option<&'static Line> {
    named(function::LINES, function.name)
        .iter()
        .find(|line| line.signatures.is_empty() || line.signatures.contains(&function.arguments))
}

/// The line of an operator.
pub(super) fn operator(operator: &Operator) -> Option<&'static Line> {
    named(operator::LINES, operator.name).iter().find(|line| {
        line.signatures.iter().any(|signature| match (signature, operator.left) {
            ([right], None) => *right == operator.right,
            ([left, right], Some(own)) => *left == own && *right == operator.right,
            _ => false,
        })
    })
}
