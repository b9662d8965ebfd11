//! The clauses in which expressions stand, and what PostgreSQL forbids in each.

/// Where an expression stands (PostgreSQL's `ParseExprKind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// `ON` and `USING`
    Join,
    /// A function in FROM.
    FromFunction,
    /// WHERE
    Where,
    /// HAVING
    Having,
    /// FILTER
    Filter,
    /// PARTITION BY of a window.
    WindowPartition,
    /// ORDER BY of a window.
    WindowOrder,
    /// An end of a frame: `RANGE`, `ROWS` or `GROUPS`.
    WindowFrame(&'static str),
    /// The select list.
    Select,
    /// SET
    Update,
    /// GROUP BY
    GroupBy,
    /// ORDER BY
    OrderBy,
    /// DISTINCT ON
    DistinctOn,
    /// LIMIT and FETCH
    Limit,
    /// OFFSET
    Offset,
    /// RETURNING
    Returning,
    /// VALUES
    Values,
}

impl Clause {
    /// The name in messages (`ParseExprKindName`).
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Join => "JOIN/ON",
            Self::FromFunction => "function in FROM",
            Self::Where => "WHERE",
            Self::Having => "HAVING",
            Self::Filter => "FILTER",
            Self::WindowPartition => "window PARTITION BY",
            Self::WindowOrder => "window ORDER BY",
            Self::WindowFrame(unit) => unit,
            Self::Select => "SELECT",
            Self::Update => "UPDATE",
            Self::GroupBy => "GROUP BY",
            Self::OrderBy => "ORDER BY",
            Self::DistinctOn => "DISTINCT ON",
            Self::Limit => "LIMIT",
            Self::Offset => "OFFSET",
            Self::Returning => "RETURNING",
            Self::Values => "VALUES",
        }
    }

    /// Why no aggregate may stand here; `None` where one may.
    pub(super) fn no_aggregates(self) -> Option<String> {
        let place = match self {
            Self::Having
            | Self::WindowPartition
            | Self::WindowOrder
            | Self::Select
            | Self::OrderBy
            | Self::DistinctOn => return None,
            Self::Join => "JOIN conditions",
            Self::FromFunction => "functions in FROM",
            Self::WindowFrame(unit) => {
                return Some(format!("aggregate functions are not allowed in window {unit}"));
            }
            other => other.name(),
        };
        Some(format!("aggregate functions are not allowed in {place}"))
    }

    /// Why no window function may stand here; `None` where one may.
    pub(super) fn no_windows(self) -> Option<String> {
        let place = match self {
            Self::Select | Self::OrderBy | Self::DistinctOn => return None,
            Self::Join => "JOIN conditions",
            Self::FromFunction => "functions in FROM",
            Self::WindowPartition | Self::WindowOrder | Self::WindowFrame(_) => {
                "window definitions"
            }
            other => other.name(),
        };
        Some(format!("window functions are not allowed in {place}"))
    }

    /// Why no function that gives a set of rows may stand here; `None` in FROM. PostgreSQL lets
    /// it stand in a select list as well.
    pub(super) fn no_sets(self) -> Option<String> {
        let place = match self {
            Self::FromFunction => return None,
            Self::Select
            | Self::GroupBy
            | Self::OrderBy
            | Self::DistinctOn
            | Self::WindowPartition
            | Self::WindowOrder => {
                return Some("set-returning functions are supported in FROM only".to_owned());
            }
            Self::Join => "JOIN conditions",
            Self::WindowFrame(_) => "window definitions",
            other => other.name(),
        };
        Some(format!("set-returning functions are not allowed in {place}"))
    }
}
