//! The PostgreSQL types that the gateway knows, with the constants that clients see.
//!
//! Source: `pg_type.dat` of PostgreSQL 15 (OIDs and lengths) and `format_type` (names in messages).

/// A PostgreSQL type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PgType {
    /// `boolean`
    Bool,
    /// `bytea`
    Bytea,
    /// `name`, the type of identifiers
    Name,
    /// `bigint`
    Int8,
    /// `smallint`
    Int2,
    /// `integer`
    Int4,
    /// `text`
    Text,
    /// `oid`
    Oid,
    /// `json`
    Json,
    /// `real`
    Float4,
    /// `double precision`
    Float8,
    /// The type of an untyped literal or parameter.
    Unknown,
    /// `character(n)`
    Bpchar,
    /// `character varying(n)`
    Varchar,
    /// `date`
    Date,
    /// `time without time zone`
    Time,
    /// `timestamp without time zone`
    Timestamp,
    /// `timestamp with time zone`
    Timestamptz,
    /// `numeric(p,s)`
    Numeric,
    /// `uuid`
    Uuid,
}

/// Every type, in the order of their OIDs.
pub const ALL: [PgType; 20] = [
    PgType::Bool,
    PgType::Bytea,
    PgType::Name,
    PgType::Int8,
    PgType::Int2,
    PgType::Int4,
    PgType::Text,
    PgType::Oid,
    PgType::Json,
    PgType::Float4,
    PgType::Float8,
    PgType::Unknown,
    PgType::Bpchar,
    PgType::Varchar,
    PgType::Date,
    PgType::Time,
    PgType::Timestamp,
    PgType::Timestamptz,
    PgType::Numeric,
    PgType::Uuid,
];

impl PgType {
    /// The type's OID in `pg_type`.
    #[must_use]
    pub const fn oid(self) -> u32 {
        match self {
            Self::Bool => 16,
            Self::Bytea => 17,
            Self::Name => 19,
            Self::Int8 => 20,
            Self::Int2 => 21,
            Self::Int4 => 23,
            Self::Text => 25,
            Self::Oid => 26,
            Self::Json => 114,
            Self::Float4 => 700,
            Self::Float8 => 701,
            Self::Unknown => 705,
            Self::Bpchar => 1042,
            Self::Varchar => 1043,
            Self::Date => 1082,
            Self::Time => 1083,
            Self::Timestamp => 1114,
            Self::Timestamptz => 1184,
            Self::Numeric => 1700,
            Self::Uuid => 2950,
        }
    }

    /// `pg_type.typlen`: bytes of a value, −1 when they vary, −2 for C strings.
    #[must_use]
    pub const fn type_len(self) -> i16 {
        match self {
            Self::Bool => 1,
            Self::Int2 => 2,
            Self::Int4 | Self::Oid | Self::Float4 | Self::Date => 4,
            Self::Int8 | Self::Float8 | Self::Time | Self::Timestamp | Self::Timestamptz => 8,
            Self::Uuid => 16,
            Self::Name => 64,
            Self::Unknown => -2,
            Self::Bytea
            | Self::Text
            | Self::Json
            | Self::Bpchar
            | Self::Varchar
            | Self::Numeric => -1,
        }
    }

    /// The type with this OID, if the gateway knows it.
    #[must_use]
    pub fn from_oid(oid: u32) -> Option<Self> {
        ALL.into_iter().find(|ty| ty.oid() == oid)
    }

    /// The type's name as PostgreSQL writes it in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Bytea => "bytea",
            Self::Name => "name",
            Self::Int8 => "bigint",
            Self::Int2 => "smallint",
            Self::Int4 => "integer",
            Self::Text => "text",
            Self::Oid => "oid",
            Self::Json => "json",
            Self::Float4 => "real",
            Self::Float8 => "double precision",
            Self::Unknown => "unknown",
            Self::Bpchar => "character",
            Self::Varchar => "character varying",
            Self::Date => "date",
            Self::Time => "time without time zone",
            Self::Timestamp => "timestamp without time zone",
            Self::Timestamptz => "timestamp with time zone",
            Self::Numeric => "numeric",
            Self::Uuid => "uuid",
        }
    }

    /// The name that input functions use in their errors. It differs from [`PgType::name`] for the
    /// date and time types: PostgreSQL's `date_in` and its kin say `time`, `timestamp`.
    #[must_use]
    pub const fn input_name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            other => other.name(),
        }
    }

    /// True for the types whose values are characters.
    #[must_use]
    pub const fn is_character(self) -> bool {
        matches!(
            self,
            Self::Name | Self::Text | Self::Json | Self::Unknown | Self::Bpchar | Self::Varchar
        )
    }
}

/// How a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// Format code 0.
    #[default]
    Text,
    /// Format code 1.
    Binary,
}

impl Format {
    /// The format with this code of the protocol.
    #[must_use]
    pub const fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::Text),
            1 => Some(Self::Binary),
            _ => None,
        }
    }

    /// The format's code in the protocol.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Text => 0,
            Self::Binary => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oids_lead_back_to_their_types_and_ascend() {
        let mut last = 0;
        for ty in ALL {
            assert!(ty.oid() > last, "{ty:?} is out of order");
            last = ty.oid();
            assert_eq!(PgType::from_oid(ty.oid()), Some(ty));
        }
        assert_eq!(PgType::from_oid(999_999), None);
    }

    #[test]
    fn formats_have_two_codes() {
        assert_eq!(Format::from_code(1), Some(Format::Binary));
        assert_eq!(Format::from_code(2), None);
        assert_eq!(Format::Text.code(), 0);
    }
}
