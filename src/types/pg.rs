//! The PostgreSQL types that the gateway knows, with the constants that clients see.
//!
//! Source: `pg_type.dat` of PostgreSQL 15 (OIDs and lengths) and `format_type` (names in messages).

/// Declares the types, one line for each: variant, OID, `typlen`, name in messages, and of an
/// array the type of its elements.
macro_rules! types {
    ($(
        $(#[$doc:meta])*
        $variant:ident $oid:literal, $len:expr, $name:literal $(of $element:ident)?;
    )*) => {
        /// A PostgreSQL type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum PgType {
            $($(#[$doc])* $variant,)*
        }

        /// Every type, in the order of their OIDs.
        pub const ALL: &[PgType] = &[$(PgType::$variant,)*];

        impl PgType {
            /// The type's OID in `pg_type`.
            #[must_use]
            pub const fn oid(self) -> u32 {
                match self {
                    $(Self::$variant => $oid,)*
                }
            }

            /// `pg_type.typlen`: bytes of a value, −1 when they vary, −2 for C strings.
            #[must_use]
            pub const fn type_len(self) -> i16 {
                match self {
                    $(Self::$variant => $len,)*
                }
            }

            /// The type's name as PostgreSQL writes it in messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The type of an array's elements; `None` for what is no array.
            #[must_use]
            pub const fn element(self) -> Option<Self> {
                match self {
                    $($(Self::$variant => Some(Self::$element),)?)*
                    _ => None,
                }
            }
        }
    };
}

types! {
    /// `boolean`
    Bool 16, 1, "boolean";
    /// `bytea`
    Bytea 17, -1, "bytea";
    /// `name`, the type of identifiers
    Name 19, 64, "name";
    /// `bigint`
    Int8 20, 8, "bigint";
    /// `smallint`
    Int2 21, 2, "smallint";
    /// `integer`
    Int4 23, 4, "integer";
    /// `text`
    Text 25, -1, "text";
    /// `oid`
    Oid 26, 4, "oid";
    /// `json`
    Json 114, -1, "json";
    /// `json[]`
    JsonArray 199, -1, "json[]" of Json;
    /// `real`
    Float4 700, 4, "real";
    /// `double precision`
    Float8 701, 8, "double precision";
    /// The type of an untyped literal or parameter.
    Unknown 705, -2, "unknown";
    /// `boolean[]`
    BoolArray 1000, -1, "boolean[]" of Bool;
    /// `bytea[]`
    ByteaArray 1001, -1, "bytea[]" of Bytea;
    /// `name[]`
    NameArray 1003, -1, "name[]" of Name;
    /// `smallint[]`
    Int2Array 1005, -1, "smallint[]" of Int2;
    /// `integer[]`
    Int4Array 1007, -1, "integer[]" of Int4;
    /// `text[]`
    TextArray 1009, -1, "text[]" of Text;
    /// `character[]`
    BpcharArray 1014, -1, "character[]" of Bpchar;
    /// `character varying[]`
    VarcharArray 1015, -1, "character varying[]" of Varchar;
    /// `bigint[]`
    Int8Array 1016, -1, "bigint[]" of Int8;
    /// `real[]`
    Float4Array 1021, -1, "real[]" of Float4;
    /// `double precision[]`
    Float8Array 1022, -1, "double precision[]" of Float8;
    /// `oid[]`
    OidArray 1028, -1, "oid[]" of Oid;
    /// `character(n)`
    Bpchar 1042, -1, "character";
    /// `character varying(n)`
    Varchar 1043, -1, "character varying";
    /// `date`
    Date 1082, 4, "date";
    /// `time without time zone`
    Time 1083, 8, "time without time zone";
    /// `timestamp without time zone`
    Timestamp 1114, 8, "timestamp without time zone";
    /// `timestamp without time zone[]`
    TimestampArray 1115, -1, "timestamp without time zone[]" of Timestamp;
    /// `date[]`
    DateArray 1182, -1, "date[]" of Date;
    /// `time without time zone[]`
    TimeArray 1183, -1, "time without time zone[]" of Time;
    /// `timestamp with time zone`
    Timestamptz 1184, 8, "timestamp with time zone";
    /// `timestamp with time zone[]`
    TimestamptzArray 1185, -1, "timestamp with time zone[]" of Timestamptz;
    /// `interval`
    Interval 1186, 16, "interval";
    /// `interval[]`
    IntervalArray 1187, -1, "interval[]" of Interval;
    /// `numeric[]`
    NumericArray 1231, -1, "numeric[]" of Numeric;
    /// `time with time zone`
    Timetz 1266, 12, "time with time zone";
    /// `time with time zone[]`
    TimetzArray 1270, -1, "time with time zone[]" of Timetz;
    /// `numeric(p,s)`
    Numeric 1700, -1, "numeric";
    /// The type of a row.
    Record 2249, -1, "record";
    /// What functions give that give nothing.
    Void 2278, 4, "void";
    /// `uuid`
    Uuid 2950, 16, "uuid";
    /// `uuid[]`
    UuidArray 2951, -1, "uuid[]" of Uuid;
    /// `jsonb`
    Jsonb 3802, -1, "jsonb";
    /// `jsonb[]`
    JsonbArray 3807, -1, "jsonb[]" of Jsonb;
}

impl PgType {
    /// The type with this OID, if the gateway knows it.
    #[must_use]
    pub fn from_oid(oid: u32) -> Option<Self> {
        let found = ALL.binary_search_by_key(&oid, |ty| ty.oid()).ok()?;
        ALL.get(found).copied()
    }

    /// The type of arrays of this type; `None` where there is none.
    #[must_use]
    pub fn array(self) -> Option<Self> {
        ALL.iter().copied().find(|ty| ty.element() == Some(self))
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
            Self::Name
                | Self::Text
                | Self::Json
                | Self::Jsonb
                | Self::Unknown
                | Self::Bpchar
                | Self::Varchar
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
        for ty in ALL.iter().copied() {
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
