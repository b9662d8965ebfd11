//! From the values that Bind brought, and the constants of a text, to the list that IRIS gets.

use super::clock::Clock;
use super::failure::Failure;
use super::statement::Translated;
use super::stored;
use crate::protocol::message::format_at;
use crate::protocol::report::Report;
use crate::sql::{Action, Ask, Constant, IrisStatement, LimitKind, Place, SessionValue};
use crate::types::decode::Decoder;
use crate::types::list::{Item, Reader, Writer};
use crate::types::{Format, PgType};

/// Parameters as Bind brought them.
#[derive(Clone, Copy)]
pub(super) struct Bound<'a> {
    pub(super) types: &'a [PgType],
    pub(super) formats: &'a [i16],
    pub(super) values: &'a [Option<bytes::Bytes>],
}

impl Bound<'_> {
    /// No parameters, as in a simple query.
    pub(super) const NONE: Bound<'static> = Bound { types: &[], formats: &[], values: &[] };
}

/// What the places of a plan's statements name; every value is one element of a list.
#[derive(Clone, Copy, Default)]
pub(super) struct Scope<'a> {
    /// The types of the parameters.
    pub(super) types: &'a [PgType],
    /// The parameters, as [`Binder::arguments`] read them.
    pub(super) arguments: &'a [&'a [u8]],
    /// The values of the plan's first queries.
    pub(super) firsts: &'a [Vec<u8>],
    /// The present row.
    pub(super) cells: &'a [&'a [u8]],
    /// The id of the row that is worked on.
    pub(super) row_id: &'a [u8],
}

/// What the session itself knows.
pub(super) struct Environment<'a> {
    pub(super) clock: &'a Clock,
    pub(super) version: &'a str,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
    pub(super) pid: i64,
    /// How it reads values.
    pub(super) decoder: Decoder,
}

/// A format code of the protocol.
pub(super) fn format(code: i16) -> Result<Format, Failure> {
    match code {
        0 => Ok(Format::Text),
        1 => Ok(Format::Binary),
        other => Err(Report::error("22023", format!("unsupported format code: {other}")).into()),
    }
}

/// Makes parameter lists.
pub(super) struct Binder<'a> {
    pub(super) bound: Bound<'a>,
    pub(super) environment: Environment<'a>,
    /// In a plan: what its places name. Parameters are taken from there, too.
    pub(super) scope: Option<Scope<'a>>,
}

impl Binder<'_> {
    /// The parameter list of `Run`, the rows of `Batch`, or the parameters of a plan.
    pub(super) fn parameters(&self, statement: &Translated) -> Result<Vec<u8>, Failure> {
        let mut list = Writer::new();
        match &statement.action {
            Action::Iris(iris) => self.one(iris, &mut list)?,
            Action::Batch(batch) => {
                let mut row = Writer::new();
                for places in &batch.rows {
                    row.clear();
                    self.places(places, &mut row)?;
                    list.list(row.as_bytes());
                }
            }
            Action::Plan(_) => self.arguments(&mut list)?,
            Action::Asked(asked) => {
                for call in &asked.calls {
                    match call {
                        Ask::Setting { name, missing_ok } => {
                            self.value(name, Some(PgType::Text), &mut list)?;
                            self.value(missing_ok, Some(PgType::Bool), &mut list)?;
                        }
                        Ask::Set { name, value, local } => {
                            self.value(name, Some(PgType::Text), &mut list)?;
                            self.value(value, Some(PgType::Text), &mut list)?;
                            self.value(local, Some(PgType::Bool), &mut list)?;
                        }
                        Ask::UnlockAll => {}
                    }
                }
            }
            _ => {}
        }
        Ok(list.into_bytes())
    }

    /// The parameters by themselves, each as one element, for a plan, whose statements are bound
    /// when they run.
    fn arguments(&self, list: &mut Writer) -> Result<(), Failure> {
        (0..self.bound.types.len()).try_for_each(|number| self.parameter(number, None, list))
    }

    /// The parameter list of one IRIS statement.
    pub(super) fn one(&self, iris: &IrisStatement, list: &mut Writer) -> Result<(), Failure> {
        if iris.limits.is_empty() {
            return self.places(&iris.places, list);
        }
        for (index, place) in iris.places.iter().enumerate() {
            match iris.limits.iter().find(|limit| limit.place == index) {
                Some(limit) => self.row_count(place, limit.kind, list)?,
                None => self.place(place, list)?,
            }
        }
        Ok(())
    }

    /// The values of places, in their order.
    pub(super) fn places(&self, places: &[Place], list: &mut Writer) -> Result<(), Failure> {
        places.iter().try_for_each(|place| self.place(place, list))
    }

    fn place(&self, place: &Place, list: &mut Writer) -> Result<(), Failure> {
        if let Place::Stored { value, ty, store } = place {
            let start = list.len();
            let ty = if *ty == PgType::Unknown { store.ty } else { *ty };
            self.value(value, Some(ty), list)?;
            return stored::assign(list, start, ty, store, self.environment.decoder);
        }
        self.value(place, None, list)
    }

    /// One value; a constant without a type is read as `column`, if that is given.
    fn value(
        &self,
        place: &Place,
        column: Option<PgType>,
        list: &mut Writer,
    ) -> Result<(), Failure> {
        match place {
            Place::Parameter(number, wanted) => self.parameter(*number, *wanted, list),
            Place::Constant(constant) => {
                constant_value(self.environment.decoder, constant, column, list)
            }
            Place::Session(value) => self.environment.write(*value, list),
            Place::Stored { .. } => self.place(place, list),
            Place::Pattern { value, escape } => {
                let start = list.len();
                self.value(value, Some(PgType::Text), list)?;
                stored::check_pattern(list, start, *escape)
            }
            Place::Elements(number) => self.array(*number, list, |array, list| {
                list.list(array.elements.as_bytes());
            }),
            Place::HasNull(number) => self.array(*number, list, |array, list| {
                list.integer(i64::from(array.has_null));
            }),
            Place::Length(number) => {
                self.array(*number, list, |array, list| list.integer(array.length))
            }
            Place::First(number) => self.named(list, |scope| Some(scope.firsts.get(*number)?)),
            Place::Cell(number) => self.named(list, |scope| Some(scope.cells.get(*number)?)),
            Place::RowId => self.named(list, |scope| Some(scope.row_id)),
        }
    }

    /// A value that the plan has at hand.
    fn named<'s>(
        &'s self,
        list: &mut Writer,
        value: impl Fn(&'s Scope<'s>) -> Option<&'s [u8]>,
    ) -> Result<(), Failure> {
        let value = self.scope.as_ref().and_then(value);
        let value = value.ok_or_else(|| Report::error("XX000", "internal error"))?;
        list.append(value);
        Ok(())
    }

    /// Something of an array parameter; NULL of one that is NULL.
    fn array(
        &self,
        number: usize,
        list: &mut Writer,
        of: impl Fn(&Array, &mut Writer),
    ) -> Result<(), Failure> {
        let array = match &self.scope {
            Some(scope) => {
                let given = scope.arguments.get(number).ok_or_else(|| no_parameter(number))?;
                Array::kept(given)?
            }
            None => {
                let ty = self.bound.types.get(number).ok_or_else(|| no_parameter(number))?;
                let (format, value) = self.sent(number)?;
                value
                    .map(|value| Array::read(self.environment.decoder, *ty, format, value, number))
                    .transpose()?
            }
        };
        match array {
            Some(array) => of(&array, list),
            None => list.null(),
        }
        Ok(())
    }

    /// A parameter as Bind brought it.
    fn sent(&self, number: usize) -> Result<(Format, Option<&[u8]>), Failure> {
        let value = self.bound.values.get(number).ok_or_else(|| no_parameter(number))?;
        let format = format(format_at(self.bound.formats, number).unwrap_or(0))?;
        Ok((format, value.as_deref()))
    }

    /// A parameter, converted where the statement casts it.
    fn parameter(
        &self,
        number: usize,
        wanted: Option<PgType>,
        list: &mut Writer,
    ) -> Result<(), Failure> {
        let types = self.scope.map_or(self.bound.types, |scope| scope.types);
        let ty = *types.get(number).ok_or_else(|| no_parameter(number))?;
        let differs = wanted.filter(|wanted| *wanted != ty);
        let decoder = self.environment.decoder;
        if let Some(scope) = &self.scope {
            let own = scope.arguments.get(number).ok_or_else(|| no_parameter(number))?;
            return match differs {
                None => {
                    list.append(own);
                    Ok(())
                }
                Some(wanted) => convert(decoder, own, ty, wanted, list),
            };
        }
        let (format, value) = self.sent(number)?;
        let named = |error: crate::types::ValueError| error.at_parameter(number.saturating_add(1));
        match differs {
            None => decoder.parameter(ty, format, value, list).map_err(named)?,
            Some(wanted) => {
                let mut own = Writer::new();
                decoder.parameter(ty, format, value, &mut own).map_err(named)?;
                convert(decoder, own.as_bytes(), ty, wanted, list)?;
            }
        }
        Ok(())
    }

    /// A row count: NULL is no limit, a negative one an error (PostgreSQL, LIMIT).
    fn row_count(&self, place: &Place, kind: LimitKind, list: &mut Writer) -> Result<(), Failure> {
        let mut own = Writer::new();
        self.place(place, &mut own)?;
        let bad = || Report::error("22P02", "row count is not an integer");
        let count = match Reader::new(own.as_bytes()).next() {
            Some(Ok(item)) if item.is_null() => None,
            // PostgreSQL casts a row count to bigint, which rounds it.
            Some(Ok(Item::Decimal { mantissa, exponent })) => {
                Some(super::assignment::rounded(mantissa, exponent).ok_or_else(bad)?)
            }
            Some(Ok(Item::Integer(count))) => Some(count),
            Some(Ok(Item::Double(count))) => {
                Some(super::assignment::nearest(count).ok_or_else(bad)?)
            }
            Some(Ok(Item::Bytes(digits))) => {
                let digits = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok());
                Some(digits.ok_or_else(bad)?)
            }
            _ => return Err(bad().into()),
        };
        let (sqlstate, message, none) = match kind {
            LimitKind::Limit | LimitKind::OneRow => {
                ("2201W", "LIMIT must not be negative", i64::MAX)
            }
            LimitKind::Offset => ("2201X", "OFFSET must not be negative", 0),
        };
        match count {
            Some(count) if count < 0 => Err(Report::error(sqlstate, message).into()),
            _ if kind == LimitKind::OneRow && count.is_none_or(|count| count > 1) => {
                let message = "a subquery that may give several rows is not supported as a value \
                               here";
                Err(Report::error("0A000", message)
                    .with_detail("IRIS would take the first row where PostgreSQL raises an error.")
                    .with_hint("Use LIMIT 1, or an aggregate such as max().")
                    .into())
            }
            Some(count) => {
                list.integer(count);
                Ok(())
            }
            None => {
                list.integer(none);
                Ok(())
            }
        }
    }
}

fn no_parameter(number: usize) -> Report {
    Report::error("42P02", format!("there is no parameter ${}", number.saturating_add(1)))
}

/// An array parameter.
struct Array {
    length: i64,
    has_null: bool,
    /// The elements that are not NULL. Without any, the list has one undefined element: a list of
    /// none would be the zero-length string, which is NULL.
    elements: Writer,
}

impl Array {
    fn read(
        decoder: Decoder,
        ty: PgType,
        format: Format,
        value: &[u8],
        number: usize,
    ) -> Result<Self, Failure> {
        let mut elements = Writer::new();
        let read = decoder.elements(ty, format, value, &mut elements);
        let (length, has_null) =
            read.map_err(|error| error.at_parameter(number.saturating_add(1)))?;
        if elements.is_empty() {
            elements.undefined();
        }
        Ok(Self { length: i64::try_from(length).unwrap_or(i64::MAX), has_null, elements })
    }

    /// One that [`Binder::arguments`] has read; none if it is NULL.
    fn kept(given: &[u8]) -> Result<Option<Self>, Failure> {
        let malformed = || Report::error("XX000", "internal error");
        let own = match Reader::new(given).next() {
            Some(Ok(item)) if item.is_null() => return Ok(None),
            Some(Ok(Item::Bytes(own))) => own,
            _ => return Err(malformed().into()),
        };
        let mut array = Self { length: 0, has_null: false, elements: Writer::new() };
        for item in Reader::new(own) {
            match item.map_err(|_| malformed())? {
                Item::Undefined => continue,
                item if item.is_null() => array.has_null = true,
                item => array.elements.item(item),
            }
            array.length = array.length.saturating_add(1);
        }
        if array.elements.is_empty() {
            array.elements.undefined();
        }
        Ok(Some(array))
    }
}

/// A cast of a parameter goes through its text, as PostgreSQL's I/O conversion casts do; where
/// PostgreSQL has a better cast (a fraction to an integer, say), the text is refused.
fn convert(
    decoder: Decoder,
    own: &[u8],
    from: PgType,
    to: PgType,
    list: &mut Writer,
) -> Result<(), Failure> {
    let text = match Reader::new(own).next() {
        Some(Ok(Item::Undefined | Item::Bytes(b""))) | None => {
            list.null();
            return Ok(());
        }
        Some(Ok(Item::Integer(flag))) if from == PgType::Bool => {
            if flag == 0 { "false" } else { "true" }.to_owned()
        }
        Some(Ok(Item::Integer(number))) => number.to_string(),
        Some(Ok(Item::Decimal { mantissa, exponent })) => format!("{mantissa}e{exponent}"),
        Some(Ok(Item::Double(number))) if is_integer(to) && number.fract() != 0.0 => {
            let message = "a number with a fraction is not supported here";
            return Err(Report::error("0A000", message).into());
        }
        Some(Ok(Item::Double(number))) => number.to_string(),
        Some(Ok(Item::Bytes(b"\0"))) => String::new(),
        Some(Ok(Item::Bytes(bytes))) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Some(Ok(Item::Wide(_))) if is_text(from) && is_text(to) => {
            list.append(own);
            return Ok(());
        }
        _ => {
            let message = format!("cannot cast type {} to {}", from.name(), to.name());
            return Err(Report::error("42846", message).into());
        }
    };
    let exact = matches!(from, PgType::Float4 | PgType::Float8 | PgType::Numeric) && is_text(to);
    if exact {
        let message =
            format!("casting a parameter of type {} to text is not supported", from.name());
        return Err(Report::error("0A000", message).into());
    }
    decoder.literal_text(to, &text, list)?;
    Ok(())
}

fn is_integer(ty: PgType) -> bool {
    matches!(ty, PgType::Int2 | PgType::Int4 | PgType::Int8)
}

fn is_text(ty: PgType) -> bool {
    matches!(ty, PgType::Text | PgType::Varchar | PgType::Bpchar | PgType::Name | PgType::Unknown)
}

/// A constant; one without a type is read as the type of the column that takes it.
fn constant_value(
    decoder: Decoder,
    constant: &Constant,
    column: Option<PgType>,
    list: &mut Writer,
) -> Result<(), Failure> {
    match (constant, column) {
        (Constant::Null, _) => list.null(),
        (Constant::Text(text), Some(ty)) => decoder.literal_text(ty, text, list)?,
        (Constant::Text(text), None) => list.text(text),
        (Constant::Integer(number), _) => list.integer(*number),
        (Constant::Boolean(flag), _) => list.integer(i64::from(*flag)),
        (Constant::Decimal(text), Some(ty @ (PgType::Float4 | PgType::Float8))) => {
            decoder.literal_text(ty, text, list)?;
        }
        (Constant::Decimal(text), _) => decoder.literal_text(PgType::Numeric, text, list)?,
        (Constant::Typed(ty, text), _) => decoder.literal_text(*ty, text, list)?,
    }
    Ok(())
}

impl Environment<'_> {
    fn write(&self, value: SessionValue, list: &mut Writer) -> Result<(), Failure> {
        let ty = value.ty();
        let text = match value {
            SessionValue::Version => self.version.to_owned(),
            SessionValue::Database => self.database.to_owned(),
            SessionValue::Schema => "public".to_owned(),
            SessionValue::CurrentUser | SessionValue::SessionUser => self.user.to_owned(),
            SessionValue::BackendPid => {
                list.integer(self.pid);
                return Ok(());
            }
            SessionValue::TransactionTimestamp => format!("{}+00", self.clock.transaction()),
            SessionValue::StatementTimestamp => format!("{}+00", self.clock.statement()),
            SessionValue::LocalTimestamp => self.clock.local(self.decoder.zone),
            SessionValue::CurrentDate => first(&self.clock.local(self.decoder.zone)),
            SessionValue::LocalTime => second(&self.clock.local(self.decoder.zone)),
        };
        self.decoder.literal_text(ty, &text, list)?;
        Ok(())
    }
}

fn first(timestamp: &str) -> String {
    timestamp.split(' ').next().unwrap_or_default().to_owned()
}

fn second(timestamp: &str) -> String {
    timestamp.split(' ').nth(1).unwrap_or_default().to_owned()
}
