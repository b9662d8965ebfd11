"""Random schemas and changes of the subset of SQL in which IRIS and PostgreSQL agree.

A statement is one text. Where the spellings differ it has `«IRIS¦PostgreSQL»`; `split` makes both of it. What is left out, or
spelt differently, stands beside the fact that makes it differ.
"""

import dataclasses

ACTIONS = ["NO ACTION", "CASCADE", "SET NULL", "SET DEFAULT"]
# Texts are upper case and have no blanks: columns compare without regard to case, by an upper-case form (iris-sql §1.1).
WORDS = ["''", "'A'", "'B'", "'AB'", "'BA'", "'ABC'", "'C0'"]
LONG = "'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"
DAYS = ["'2020-01-31'", "'2020-02-29'", "'1999-12-31'", "'2021-03-01'"]
NUMBERS = ["0", "1", "-1", "0.5", "1.25", "-2.345", "7.995", "12.5"]


@dataclasses.dataclass
class Column:
    name: str
    kind: str  # int, text, number or date
    type: str
    required: bool = False
    default: str | None = None


@dataclasses.dataclass
class Foreign:
    name: str
    columns: list
    target: object
    theirs: list
    on_delete: str
    on_update: str


@dataclasses.dataclass
class Table:
    name: str
    columns: list = dataclasses.field(default_factory=list)
    unique: dict = dataclasses.field(default_factory=dict)  # Name to columns; `pk` ends the primary key's.
    foreign: list = dataclasses.field(default_factory=list)

    def column(self, name):
        return next(column for column in self.columns if column.name == name)

    def key(self):
        return next(names for name, names in self.unique.items() if name.startswith("pk"))


@dataclasses.dataclass
class Step:
    """A statement and what may differ."""

    text: str
    kind: str
    # Several rows are changed, and what IRIS checks row by row (FIL: each row is filed alone) PostgreSQL checks at the end.
    by_row: bool = False
    several: bool = False  # The rows of a statement are checked in another order.
    # IRIS refuses this with an SQLCODE where PostgreSQL does it: it is not run there.
    refused: int | None = None
    change: object = None  # What a success changes in the generator's own picture.


def split(text):
    """Both spellings of a text."""
    sides = ["", ""]
    while "«" in text:
        before, _, text = text.partition("«")
        inner, _, text = text.partition("»")
        for side, part in enumerate(inner.split("¦")):
            sides[side] += before + part
    return sides[0] + text, sides[1] + text


class Generator:
    def __init__(self, rng):
        self.rng = rng
        self.tables = []
        self.number = 0
        self.savepoints = None  # Names, in a transaction.
        for at in range(rng.randint(1, 4)):
            self.tables.append(self.table(f"t{at}"))

    def chance(self, share):
        return self.rng.random() < share

    def fresh(self, letter):
        self.number += 1
        return f"{letter}{self.number}"

    # Schemas

    def some_type(self):
        kind = self.rng.choice(["int", "int", "text", "number", "date"])
        if kind == "int":
            return kind, self.rng.choice(["INT", "BIGINT", "INTEGER", "SMALLINT"])
        if kind == "text":
            return kind, f"VARCHAR({self.rng.choice([2, 3, 10])})"
        if kind == "number":
            return kind, self.rng.choice(["NUMERIC(6,2)", "NUMERIC(3,1)", "DECIMAL(9,4)", "NUMERIC(4,0)"])
        return kind, "DATE"

    def a_column(self):
        kind, spelt = self.some_type()
        column = Column(self.fresh("c"), kind, spelt, self.chance(0.25))
        if self.chance(0.3):
            column.default = self.literal(column, usual=True)
        return column

    def table(self, name):
        table = Table(name)
        if self.chance(0.2):
            keys = [Column("k1", "int", "INT", True), Column("k2", "text", "VARCHAR(3)", True)]
        else:
            kind, spelt = self.rng.choice([("int", "INT"), ("int", "BIGINT"), ("text", "VARCHAR(3)"), ("number", "NUMERIC(6,2)")])
            keys = [Column("k1", kind, spelt, True)]
        table.columns += keys
        table.unique[self.fresh("pk")] = [key.name for key in keys]
        for _ in range(self.rng.randint(1, 3)):
            table.columns.append(self.a_column())
        if self.chance(0.4):
            names = [column.name for column in table.columns]
            chosen = self.rng.sample(names, self.rng.randint(1, min(2, len(names))))
            if chosen != table.key():
                table.unique[self.fresh("u")] = chosen
        for target in self.tables:
            if self.chance(0.5):
                self.reference(table, target)
        if self.chance(0.2):
            self.reference(table, table)
        return table

    def reference(self, table, target):
        theirs = self.rng.choice(list(target.unique.values()))
        mine = []
        for name in theirs:
            other = target.column(name)
            column = Column(self.fresh("f"), other.kind, other.type, self.chance(0.15))
            if self.chance(0.4):
                column.default = self.literal(column, usual=True)
            table.columns.append(column)
            mine.append(column.name)
        actions = self.rng.choice(ACTIONS), self.rng.choice(ACTIONS)
        table.foreign.append(Foreign(self.fresh("fk"), mine, target, theirs, *actions))

    def definition(self, column):
        text = f"{column.name} {column.type}"
        if column.default is not None:
            text += f" DEFAULT {column.default}"
        return text + (" NOT NULL" if column.required else "")

    def foreign_key(self, key):
        theirs, mine = ", ".join(key.theirs), ", ".join(key.columns)
        return (
            f"CONSTRAINT {key.name} FOREIGN KEY ({mine}) REFERENCES {key.target.name} ({theirs})"
            f" ON DELETE {key.on_delete} ON UPDATE {key.on_update}"
        )

    def creation(self):
        for table in self.tables:
            parts = [self.definition(column) for column in table.columns]
            for name, columns in table.unique.items():
                word = "PRIMARY KEY" if name.startswith("pk") else "UNIQUE"
                parts.append(f"CONSTRAINT {name} {word} ({', '.join(columns)})")
            parts += [self.foreign_key(key) for key in table.foreign]
            yield f"CREATE TABLE {table.name} ({', '.join(parts)})"

    # Values

    def literal(self, column, usual=False):
        wild = not usual and self.chance(0.04)
        if column.kind == "int":
            # BIGINT's own extremes stay out: sums beyond them differ (iris-sql §1.1).
            far = ["2147483648", "-2147483649", "70000"] if column.type != "BIGINT" else ["2147483648"]
            return self.rng.choice(far) if wild else str(self.rng.randint(1, 6))
        if column.kind == "text":
            return LONG if wild else self.rng.choice(WORDS if column.type != "VARCHAR(2)" or not usual else WORDS[:5])
        if column.kind == "number":
            if wild:
                return self.rng.choice(["123456.789", "-99999999.5", "999.95", "9999.995"])
            return self.rng.choice(NUMBERS if not usual else ["1", "0.5", "2"])
        return "'2021-02-29'" if wild else self.rng.choice(DAYS)

    def given(self, column):
        """A value in VALUES: an explicit NULL stores the default where NOT NULL has one (iris-sql §1.3)."""
        if self.chance(0.15):
            return "«NULL¦DEFAULT»" if column.required and column.default is not None else "NULL"
        return self.literal(column)

    def expression(self, column, sources):
        """A new value from columns of `sources`, pairs of a prefix and a table."""
        prefix, table = self.rng.choice(sources)
        alike = [other for other in table.columns if other.kind == column.kind]
        # NULL into NOT NULL with a default: the same fact, where a column may bring one.
        alike = [other for other in alike if other.required or not (column.required and column.default is not None)]
        if column.kind == "int":
            # A fraction is truncated by IRIS and rounded by PostgreSQL (iris-sql §1.3).
            alike += [other for other in table.columns if other.kind == "number" and (other.required or not column.required)]
        if not alike or self.chance(0.35):
            return self.given(column)
        other = self.rng.choice(alike)
        name = prefix + other.name
        if column.kind == "int" and other.kind == "number":
            return f"«{name}¦TRUNC({name})»"
        if column.kind in ("int", "number") and self.chance(0.5):
            return f"{name} {self.rng.choice(['+', '-'])} {self.rng.randint(1, 2)}"
        if column.kind == "text" and self.chance(0.3):
            return f"{name} || 'A'"
        return name

    def condition(self, table, prefix=""):
        column = self.rng.choice(table.columns)
        name = prefix + column.name
        pick = self.rng.randint(0, 6)
        if pick == 0:
            return f"{name} IS {self.rng.choice(['', 'NOT '])}NULL"
        if pick == 1:
            values = ", ".join(self.literal(column, usual=True) for _ in range(2))
            return f"{name} IN ({values})"
        if pick == 2:
            return f"({self.condition(table, prefix)} OR {self.condition(table, prefix)})"
        if pick == 3:
            return f"NOT ({name} = {self.literal(column, usual=True)})"
        return f"{name} {self.rng.choice(['=', '<>', '<', '>', '>=', '<='])} {self.literal(column, usual=True)}"

    def one_row(self, table):
        return " AND ".join(f"{name} = {self.literal(table.column(name), usual=True)}" for name in table.key())

    # Statements

    def tangled(self, table, seen=()):
        """A change may come to a row in two ways, or to a row of its own table: when the two are checked differs."""
        ways = list(seen)
        if any(key.target is table for key in table.foreign):
            return True
        for other in self.tables:
            for key in other.foreign:
                if key.target is table:
                    ways.append(other.name)
                    if self.tangled(other, ways):
                        return True
        return len(set(ways)) < len(ways)

    def step(self):
        table = self.rng.choice(self.tables)
        pick = self.rng.random()
        if pick < 0.38:
            return self.insert(table)
        if pick < 0.6:
            return self.update(table)
        if pick < 0.73:
            return self.delete(table)
        if pick < 0.9:
            return self.transaction()
        # DDL is not part of a transaction (iris-sql §1.4).
        return self.alter(table) if self.savepoints is None else self.insert(table)

    def insert(self, table):
        columns = [c for c in table.columns if c.required and c.default is None or self.chance(0.7)]
        if self.chance(0.03):
            columns = columns[1:]
        if not columns:
            columns = table.columns[:1]
        self.rng.shuffle(columns)
        names = ", ".join(column.name for column in columns)
        if self.chance(0.2):
            source = self.rng.choice(self.tables)
            items = []
            for column in columns:
                item = self.expression(column, [("", source)])
                # CAST makes the first day of a text that is no date (iris-sql §1.5), and cuts a long text there as here.
                item = item.replace("'2021-02-29'", DAYS[0])
                # A literal has no type of its own in a query there, and no DEFAULT.
                if "DEFAULT" in item:
                    item = self.literal(column, usual=True)
                if item == "NULL" or item.startswith("'"):
                    item = f"CAST({item} AS {column.type})" if column.type != "DATE" or item != "NULL" else "CAST(NULL AS DATE)"
                items.append(item)
            where = f" WHERE {self.condition(source)}" if self.chance(0.7) else ""
            text = f"INSERT INTO {table.name} ({names}) SELECT {', '.join(items)} FROM {source.name}{where}"
            return Step(text, "insert-select", self.tangled(table), True)
        values = ", ".join(self.given(column) for column in columns)
        insert = f"{table.name} ({names}) VALUES ({values})"
        keyed = all(name in [c.name for c in columns] for name in table.key())
        if len(table.unique) == 1 and keyed and self.chance(0.15):
            sets = ", ".join(f"{column.name} = EXCLUDED.{column.name}" for column in columns)
            text = f"INSERT «OR UPDATE ¦INTO »{insert}«¦ ON CONFLICT ({', '.join(table.key())}) DO UPDATE SET {sets}»"
            return Step(text, "insert-or-update", by_row=self.tangled(table))
        return Step(f"INSERT INTO {insert}", "insert")

    def keyed(self, table, names):
        return any(name in columns for columns in table.unique.values() for name in names)

    def joined(self, table):
        """A foreign key to another table, whose unique columns make one match of it."""
        keys = [key for key in table.foreign if key.target is not table]
        if not keys:
            return None, ""
        key = self.rng.choice(keys)
        pairs = zip(key.columns, key.theirs)
        return key.target, " AND ".join(f"{table.name}.{mine} = s.{theirs}" for mine, theirs in pairs)

    def update(self, table):
        columns = self.rng.sample(table.columns, self.rng.randint(1, min(3, len(table.columns))))
        names = [column.name for column in columns]
        other, join = self.joined(table) if self.chance(0.2) else (None, "")
        own = f"{table.name}." if other else ""
        sources = [(own, table)] + ([("s.", other)] if other else [])
        sets = ", ".join(f"{column.name} = {self.expression(column, sources)}" for column in columns)
        single = not other and self.chance(0.5)
        where = self.one_row(table) if single else self.condition(table, own)
        by_row = self.tangled(table) or not single and self.keyed(table, names)
        if other:
            text = f"UPDATE {table.name} SET {sets} FROM {other.name} «AS ¦»s WHERE {join} AND {where}"
            return Step(text, "update-from", by_row, True)
        return Step(f"UPDATE {table.name} SET {sets} WHERE {where}", "update", by_row, not single)

    def delete(self, table):
        by_row = self.tangled(table)
        other, join = self.joined(table) if self.chance(0.2) else (None, "")
        if other:
            where = self.condition(table, f"{table.name}.")
            text = f"DELETE FROM {table.name} «FROM¦USING» {other.name} s WHERE {join} AND {where}"
            return Step(text, "delete-from", by_row, True)
        where = self.one_row(table) if self.chance(0.5) else self.condition(table)
        return Step(f"DELETE FROM {table.name} WHERE {where}", "delete", by_row, True)

    def transaction(self):
        if self.savepoints is None:
            return Step("START TRANSACTION", "start", change=lambda: self.set_savepoints([]))
        pick = self.rng.random()
        if pick < 0.4:
            name = self.rng.choice(["a", "b", "c"])
            # It takes the place of one of the same name; PostgreSQL keeps that one below (iris-sql §1.6).
            kept = [None if older == name else older for older in self.savepoints]
            return Step(f"SAVEPOINT {name}", "savepoint", change=lambda: self.set_savepoints(kept + [name]))
        names = [name for name in self.savepoints if name]
        if pick < 0.75 and names:
            name = self.rng.choice(names)
            kept = self.savepoints[: self.savepoints.index(name)]
            # IRIS deletes the savepoint (iris-sql §1.6).
            text = f"ROLLBACK TO SAVEPOINT {name}«¦; RELEASE SAVEPOINT {name}»"
            return Step(text, "rollback-to", change=lambda: self.set_savepoints(kept))
        word = self.rng.choice(["COMMIT", "ROLLBACK"])
        return Step(word, word.lower(), change=lambda: self.set_savepoints(None))

    def set_savepoints(self, names):
        self.savepoints = names

    def alter(self, table):
        pick = self.rng.randint(0, 9)
        head = f"ALTER TABLE {table.name}"
        column = self.rng.choice(table.columns)
        used = [name for names in table.unique.values() for name in names]
        used += [name for key in table.foreign for name in key.columns]
        used += [name for other in self.tables for key in other.foreign if key.target is table for name in key.theirs]
        if pick <= 2:
            new = self.a_column()
            late = ""
            definition = self.definition(new)
            if new.default is not None and not new.required:
                # A default without NOT NULL leaves the rows NULL (iris-sql §1.4).
                definition = f"{new.name} {new.type}« DEFAULT {new.default}¦»"
                late = f"«¦; {head} ALTER COLUMN {new.name} SET DEFAULT {new.default}»"
            text = f"{head} ADD COLUMN {definition}{late}"
            return Step(text, "add-column", change=lambda: table.columns.append(new))
        if pick <= 4:
            # A column with an index or constraint is kept by IRIS (iris-sql §1.8).
            refused = -322 if column.name in used else -33 if len(table.columns) == 1 else None
            text = f"{head} DROP COLUMN {column.name}"
            return Step(text, "drop-column", refused=refused, change=lambda: table.columns.remove(column))
        if pick == 5:
            # The primary key's columns stay required.
            if column.name in table.key():
                return self.insert(table)
            required = not column.required
            text = f"{head} ALTER COLUMN {column.name} «{'NOT ' if required else ''}NULL¦{'SET' if required else 'DROP'} NOT NULL»"
            return Step(text, "nullable", change=lambda: setattr(column, "required", required))
        if pick == 6:
            if self.chance(0.3):
                return Step(f"{head} ALTER COLUMN {column.name} DROP DEFAULT", "default", change=lambda: setattr(column, "default", None))
            value = self.literal(column, usual=True)
            text = f"{head} ALTER COLUMN {column.name} SET DEFAULT {value}"
            return Step(text, "default", change=lambda: setattr(column, "default", value))
        if pick == 7:
            name = self.fresh("u")
            names = self.rng.sample([c.name for c in table.columns], self.rng.randint(1, min(2, len(table.columns))))
            text = f"{head} ADD CONSTRAINT {name} UNIQUE ({', '.join(names)})"
            return Step(text, "add-unique", change=lambda: table.unique.update({name: names}))
        if pick == 8:
            target = self.rng.choice(self.tables[: self.tables.index(table) + 1])
            theirs = self.rng.choice(list(target.unique.values()))
            mine = []
            for name in theirs:
                other = target.column(name)
                alike = [c.name for c in table.columns if c.type == other.type and c.name not in mine]
                if not alike:
                    return self.insert(table)
                mine.append(self.rng.choice(alike))
            key = Foreign(self.fresh("fk"), mine, target, theirs, self.rng.choice(ACTIONS), self.rng.choice(ACTIONS))
            text = f"{head} ADD {self.foreign_key(key)}"
            return Step(text, "add-foreign", change=lambda: table.foreign.append(key))
        names = [name for name in table.unique if not name.startswith("pk")]
        if names and self.chance(0.5):
            name = self.rng.choice(names)
            return Step(f"{head} DROP CONSTRAINT {name}", "drop-unique", change=lambda: table.unique.pop(name))
        if table.foreign:
            key = self.rng.choice(table.foreign)
            return Step(f"{head} DROP CONSTRAINT {key.name}", "drop-foreign", change=lambda: table.foreign.remove(key))
        new = self.fresh("r")
        text = f"{head} «ALTER COLUMN {column.name} RENAME¦RENAME COLUMN {column.name} TO» {new}"
        return Step(text, "rename", change=lambda: self.rename(table, column, new))

    def rename(self, table, column, new):
        old, column.name = column.name, new
        for names in list(table.unique.values()) + [key.columns for key in table.foreign]:
            names[:] = [new if name == old else name for name in names]
        for other in self.tables:
            for key in other.foreign:
                if key.target is table and key.theirs not in table.unique.values():
                    key.theirs = [new if name == old else name for name in key.theirs]
