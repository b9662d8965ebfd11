//! The values that Rust has for the texts of each type.

use crate::cases::{Failure, label};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// A value of one of the types.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Int2(i16),
    Int4(i32),
    Int8(i64),
    Oid(u32),
    Float4(f32),
    Float8(f64),
    Numeric(Decimal),
    Bool(bool),
    Text(String),
    Bytea(Vec<u8>),
    Date(NaiveDate),
    Time(NaiveTime),
    Timestamp(NaiveDateTime),
    Timestamptz(DateTime<Utc>),
    Uuid(Uuid),
    Json(serde_json::Value),
}

const MOMENT: &str = "%Y-%m-%d %H:%M:%S%.f";

impl Value {
    /// The value of a type's text.
    pub fn of(kind: &str, text: &str) -> Result<Self, Failure> {
        Ok(match label(kind) {
            "int2" => Self::Int2(text.parse()?),
            "int4" => Self::Int4(text.parse()?),
            "int8" => Self::Int8(text.parse()?),
            "oid" => Self::Oid(text.parse()?),
            "float4" => Self::Float4(text.parse()?),
            "float8" => Self::Float8(text.parse()?),
            "numeric" => Self::Numeric(text.parse()?),
            "bool" => Self::Bool(text == "true"),
            "bytea" => Self::Bytea(bytes(&text[2..])?),
            "date" => Self::Date(text.parse()?),
            "time" => Self::Time(text.parse()?),
            "timestamp" => Self::Timestamp(NaiveDateTime::parse_from_str(text, MOMENT)?),
            "timestamptz" => {
                let text = text.trim_end_matches("+00");
                Self::Timestamptz(NaiveDateTime::parse_from_str(text, MOMENT)?.and_utc())
            }
            "uuid" => Self::Uuid(text.parse()?),
            "json" => Self::Json(serde_json::from_str(text)?),
            _ => Self::Text(text.to_owned()),
        })
    }

    /// The value as the driver takes it.
    pub fn sql(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Int2(value) => value,
            Self::Int4(value) => value,
            Self::Int8(value) => value,
            Self::Oid(value) => value,
            Self::Float4(value) => value,
            Self::Float8(value) => value,
            Self::Numeric(value) => value,
            Self::Bool(value) => value,
            Self::Text(value) => value,
            Self::Bytea(value) => value,
            Self::Date(value) => value,
            Self::Time(value) => value,
            Self::Timestamp(value) => value,
            Self::Timestamptz(value) => value,
            Self::Uuid(value) => value,
            Self::Json(value) => value,
        }
    }

    /// The first column as a value of that type; `None` for NULL.
    pub fn read(kind: &str, row: &Row) -> Result<Option<Self>, Failure> {
        Ok(match label(kind) {
            "int2" => row.try_get::<_, Option<i16>>(0)?.map(Self::Int2),
            "int4" => row.try_get::<_, Option<i32>>(0)?.map(Self::Int4),
            "int8" => row.try_get::<_, Option<i64>>(0)?.map(Self::Int8),
            "oid" => row.try_get::<_, Option<u32>>(0)?.map(Self::Oid),
            "float4" => row.try_get::<_, Option<f32>>(0)?.map(Self::Float4),
            "float8" => row.try_get::<_, Option<f64>>(0)?.map(Self::Float8),
            "numeric" => row.try_get::<_, Option<Decimal>>(0)?.map(Self::Numeric),
            "bool" => row.try_get::<_, Option<bool>>(0)?.map(Self::Bool),
            "bytea" => row.try_get::<_, Option<Vec<u8>>>(0)?.map(Self::Bytea),
            "date" => row.try_get::<_, Option<NaiveDate>>(0)?.map(Self::Date),
            "time" => row.try_get::<_, Option<NaiveTime>>(0)?.map(Self::Time),
            "timestamp" => row.try_get::<_, Option<NaiveDateTime>>(0)?.map(Self::Timestamp),
            "timestamptz" => row.try_get::<_, Option<DateTime<Utc>>>(0)?.map(Self::Timestamptz),
            "uuid" => row.try_get::<_, Option<Uuid>>(0)?.map(Self::Uuid),
            "json" => row.try_get::<_, Option<serde_json::Value>>(0)?.map(Self::Json),
            _ => row.try_get::<_, Option<String>>(0)?.map(Self::Text),
        })
    }
}

fn bytes(digits: &str) -> Result<Vec<u8>, Failure> {
    let mut found = Vec::new();
    for start in (0..digits.len()).step_by(2) {
        found.push(u8::from_str_radix(&digits[start..start + 2], 16)?);
    }
    Ok(found)
}
