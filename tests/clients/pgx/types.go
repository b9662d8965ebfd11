package main

import (
	"context"
	"encoding/hex"
	"math/big"
	"reflect"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// The ways in which the driver can speak: named statements with binary values, texts by the types of the values, the simple
// protocol.
var modes = map[string]pgx.QueryExecMode{
	"statement": pgx.QueryExecModeCacheStatement,
	"exec":      pgx.QueryExecModeExec,
	"simple":    pgx.QueryExecModeSimpleProtocol,
}

// scanned gives the driver's own type with the value of a text.
func scanned[T any, P interface {
	*T
	Scan(any) error
}](text string) T {
	var value T
	if err := P(&value).Scan(text); err != nil {
		panic(err)
	}
	return value
}

// value gives what Go has for the text of a type.
func value(kind, text string) any {
	number := func(bits int) int64 {
		found, err := strconv.ParseInt(text, 10, bits)
		if err != nil {
			panic(err)
		}
		return found
	}
	fraction := func(bits int) float64 {
		found, err := strconv.ParseFloat(text, bits)
		if err != nil {
			panic(err)
		}
		return found
	}
	switch label(kind) {
	case "int2":
		return int16(number(16))
	case "int4":
		return int32(number(32))
	case "int8":
		return number(64)
	case "oid":
		return uint32(number(64))
	case "float4":
		return float32(fraction(32))
	case "float8":
		return fraction(64)
	case "bool":
		return text == "true"
	case "bytea":
		found, err := hex.DecodeString(text[2:])
		if err != nil {
			panic(err)
		}
		return found
	case "numeric":
		return scanned[pgtype.Numeric](text)
	case "date":
		return scanned[pgtype.Date](text)
	case "time":
		return scanned[pgtype.Time](text)
	case "timestamp":
		return scanned[pgtype.Timestamp](text)
	case "timestamptz":
		found := scanned[pgtype.Timestamptz](text)
		found.Time = found.Time.UTC()
		return found
	case "uuid":
		return scanned[pgtype.UUID](text)
	}
	return text
}

// same compares what was read with what was sent.
func same(found, sent any) error {
	switch value := found.(type) {
	case pgtype.Numeric:
		// The digits behind the point are told apart by their texts.
		return equal(ratio(value), ratio(sent.(pgtype.Numeric)))
	case pgtype.Timestamptz:
		value.Time = value.Time.UTC()
		return equal(value, sent)
	}
	return equal(found, sent)
}

func ratio(value pgtype.Numeric) string {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(value.Exp, -value.Exp))), nil)
	found := new(big.Rat).SetInt(value.Int)
	if value.Exp < 0 {
		return found.Quo(found, new(big.Rat).SetInt(power)).String()
	}
	return found.Mul(found, new(big.Rat).SetInt(power)).String()
}

// read scans the first column of one row into a value of the same type.
func read(row pgx.Row, sent any) (any, error) {
	place := reflect.New(reflect.TypeOf(sent))
	err := row.Scan(place.Interface())
	return place.Elem().Interface(), err
}

func parameter(mode pgx.QueryExecMode, kind string, texts []string) func(context.Context) error {
	return func(ctx context.Context) error {
		client, err := connectIn(ctx, mode)
		if err != nil {
			return err
		}
		defer client.Close(ctx)
		for _, text := range texts {
			sent := value(kind, text)
			found, err := read(client.QueryRow(ctx, "SELECT ($1)::"+kind, sent), sent)
			if err != nil {
				return err
			}
			if err := same(found, sent); err != nil {
				return err
			}
			if label(kind) == "char" {
				continue
			}
			var shown string
			if err := client.QueryRow(ctx, "SELECT (($1)::"+kind+")::text", sent).Scan(&shown); err != nil {
				return err
			}
			if err := equal(shown, text); err != nil {
				return err
			}
		}
		return nil
	}
}

func column(mode pgx.QueryExecMode, kind string, texts []string) func(context.Context) error {
	return func(ctx context.Context) error {
		client, err := connectIn(ctx, mode)
		if err != nil {
			return err
		}
		defer client.Close(ctx)
		name, err := table(ctx, client, "pgx_"+label(kind), "id int PRIMARY KEY, v "+kind)
		if err != nil {
			return err
		}
		defer drop(name)
		for id, text := range texts {
			if _, err := client.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, $2)", id, value(kind, text)); err != nil {
				return err
			}
		}
		if _, err := client.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, $2)", len(texts), nil); err != nil {
			return err
		}
		for id, text := range texts {
			sent := value(kind, text)
			found, err := read(client.QueryRow(ctx, "SELECT v FROM "+name+" WHERE id = $1", id), sent)
			if err != nil {
				return err
			}
			if err := same(found, sent); err != nil {
				return err
			}
		}
		var absent *string
		query := "SELECT v FROM " + name + " WHERE v IS NULL"
		if err := client.QueryRow(ctx, query, pgx.QueryResultFormats{pgx.TextFormatCode}).Scan(&absent); err != nil {
			return err
		}
		return equal(absent, (*string)(nil))
	}
}

func null(mode pgx.QueryExecMode, kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		client, err := connectIn(ctx, mode)
		if err != nil {
			return err
		}
		defer client.Close(ctx)
		var absent bool
		if err := client.QueryRow(ctx, "SELECT ($1)::"+kind+" IS NULL", nil).Scan(&absent); err != nil {
			return err
		}
		return equal(absent, true)
	}
}

func typeTests() []test {
	var tests []test
	for _, mode := range []string{"statement", "exec", "simple"} {
		for _, extreme := range []bool{false, true} {
			for _, found := range byType(extreme) {
				name := label(found.kind)
				if extreme {
					name += "_extremes"
				} else {
					tests = append(tests, test{name + "_null_" + mode, null(modes[mode], found.kind)})
				}
				tests = append(tests,
					test{name + "_parameter_" + mode, parameter(modes[mode], found.kind, found.texts)},
					test{name + "_column_" + mode, column(modes[mode], found.kind, found.texts)})
			}
		}
	}
	return tests
}
