"""What all Python drivers of these tests share: values.txt and errors.txt, and the values as Python has them."""

import datetime
import decimal
import pathlib
import re
import struct
import uuid

HERE = pathlib.Path(__file__).parent
UTC = datetime.timezone.utc
ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


def lines(name):
    """The fields of every line that is not a comment."""
    for line in (HERE / name).read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            yield line.split("\t")


def unescaped(text):
    """The text with \\n, \\t and \\\\ read."""
    return re.sub(r"\\(.)", lambda found: ESCAPES[found.group(1)], text)


def by_type(extreme=False):
    """From each type to its texts: the ordinary ones or the extreme ones."""
    found = {}
    for kind, text, *mark in lines("values.txt"):
        if bool(mark) == extreme:
            found.setdefault(kind, []).append(unescaped(text))
    return found


def errors(table):
    """Pairs of an SQLSTATE and a statement that fails with it."""
    for state, statement in lines("errors.txt"):
        words = [table if word == "T" else word for word in statement.split(" ")]
        yield state, " ".join(words)


ERROR_TABLE = (
    "CREATE TABLE {0} (id int PRIMARY KEY, word varchar(3) NOT NULL,"
    " parent int REFERENCES {0} (id), small smallint)"
)


def label(kind):
    """The type as a part of a test's name."""
    return kind.partition("(")[0]


def moment(text):
    """A timestamp or timestamptz of UTC."""
    plain = datetime.datetime.fromisoformat(text.removesuffix("+00"))
    return plain.replace(tzinfo=UTC) if text.endswith("+00") else plain


def single(text):
    """The double that is nearest to the float4 of this text."""
    return struct.unpack("<f", struct.pack("<f", float(text)))[0]


CONVERSIONS = {
    "int2": int,
    "int4": int,
    "int8": int,
    "oid": int,
    "float4": single,
    "float8": float,
    "numeric": decimal.Decimal,
    "bool": lambda text: text == "true",
    "bytea": lambda text: bytes.fromhex(text[2:]),
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timestamp": moment,
    "timestamptz": moment,
    "uuid": uuid.UUID,
}


def value(kind, text):
    """The value of a type's text; types without a Python type of their own stay text."""
    return CONVERSIONS.get(label(kind), str)(text)
