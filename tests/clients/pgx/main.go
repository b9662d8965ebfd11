// pgx: the driver's ordinary life.
//
// What it does on the wire (5.7.6):
//
//   - At connect: SSLRequest; after an N it closes the connection and opens another without. Then a startup message with user,
//     database and every other setting of the connection string. No statement.
//   - A statement: Parse with a name (stmtcache_ and a digest of the text) and no types, Describe of it, Sync; then Bind with each
//     value in the format that the driver prefers for its type, Describe of the portal, Execute, Sync. QueryExecModeExec: Parse
//     without name and with no types of integers, values as texts, all at once. QueryExecModeSimpleProtocol: Query with the values
//     as literals,  '1' , which needs standard_conforming_strings=on and client_encoding=UTF8 to be reported.
//   - A batch: the unknown texts are parsed first, before one Sync, then all are bound and executed before another.
//   - Transactions by Query in lower case: begin isolation level read committed read only, savepoint sp_1, rollback to savepoint
//     sp_1, commit. Ping: Query "-- ping". CopyFrom describes a SELECT of the columns first.
//   - Cancel: CancelRequest on a second connection. A context that ends closes the connection. Close: Terminate.
//
// Every test here passes against PostgreSQL; none asks which server it talks to.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func connectIn(ctx context.Context, mode pgx.QueryExecMode) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("")
	if err != nil {
		return nil, err
	}
	config.ConnectTimeout = 10 * time.Second
	config.DefaultQueryExecMode = mode
	return pgx.ConnectConfig(ctx, config)
}

func connect(ctx context.Context) (*pgx.Conn, error) {
	return connectIn(ctx, pgx.QueryExecModeCacheStatement)
}

func drop(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	client, err := connect(ctx)
	if err != nil {
		return
	}
	defer client.Close(ctx)
	// What could not be dropped is dropped before the table is made again.
	_, _ = client.Exec(ctx, "DROP TABLE IF EXISTS "+name)
}

func table(ctx context.Context, client *pgx.Conn, name, columns string) (string, error) {
	if _, err := client.Exec(ctx, "DROP TABLE IF EXISTS "+name); err != nil {
		return name, err
	}
	_, err := client.Exec(ctx, "CREATE TABLE "+name+" ("+columns+")")
	return name, err
}

// with gives a test a connection and a table of words, both of which are gone behind it.
func with(body func(context.Context, *pgx.Conn, string) error) func(context.Context) error {
	return func(ctx context.Context) error {
		client, err := connect(ctx)
		if err != nil {
			return err
		}
		defer drop("pgx_words")
		defer client.Close(ctx)
		name, err := table(ctx, client, "pgx_words", "id int PRIMARY KEY, word varchar(20)")
		if err != nil {
			return err
		}
		return body(ctx, client, name)
	}
}

// refused gives the server's error if it has this SQLSTATE.
func refused(err error, state string) (*pgconn.PgError, error) {
	var found *pgconn.PgError
	if !errors.As(err, &found) {
		return nil, fmt.Errorf("found %v, expected %s", err, state)
	}
	return found, equal(found.Code, state)
}

func numbers(ctx context.Context, client *pgx.Conn, query string, values ...any) ([]int, error) {
	rows, err := client.Query(ctx, query, values...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int])
}

func shows(ctx context.Context, client *pgx.Conn, name, expected string) error {
	var found string
	if err := client.QueryRow(ctx, "SHOW "+name).Scan(&found); err != nil {
		return err
	}
	return equal(found, expected)
}

// holds opens a transaction of another connection that holds the row 1.
func holds(ctx context.Context, client *pgx.Conn, name string) (*pgx.Conn, error) {
	if _, err := client.Exec(ctx, "INSERT INTO "+name+" VALUES (1, 'a')"); err != nil {
		return nil, err
	}
	holder, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := holder.Exec(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	_, err = holder.Exec(ctx, "UPDATE "+name+" SET word = 'held' WHERE id = 1")
	return holder, err
}

func sessionTests() []test {
	return []test{
		{"connects_and_knows_the_server", with(func(ctx context.Context, client *pgx.Conn, _ string) error {
			status := client.PgConn().ParameterStatus
			return errors.Join(
				equal(status("client_encoding"), "UTF8"),
				equal(status("standard_conforming_strings"), "on"),
				equal(status("server_version")[:3], "15."),
				client.Ping(ctx))
		})},
		{"settings_of_connect_are_kept_and_shown", func(ctx context.Context) error {
			config, err := pgx.ParseConfig("application_name='ward 7' statement_timeout=5000 search_path=public")
			if err != nil {
				return err
			}
			client, err := pgx.ConnectConfig(ctx, config)
			if err != nil {
				return err
			}
			defer client.Close(ctx)
			return errors.Join(
				shows(ctx, client, "application_name", "ward 7"),
				shows(ctx, client, "statement_timeout", "5s"),
				shows(ctx, client, "search_path", "public"))
		}},
		{"a_wrong_password_is_28p01", func(ctx context.Context) error {
			config, err := pgx.ParseConfig("password='not the password'")
			if err != nil {
				return err
			}
			_, err = pgx.ConnectConfig(ctx, config)
			_, err = refused(err, "28P01")
			return err
		}},
		{"modes_of_a_transaction_are_kept", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			transaction, err := client.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadOnly})
			if err != nil {
				return err
			}
			_, err = transaction.Exec(ctx, "INSERT INTO "+name+" VALUES (1, 'no')")
			_, err = refused(err, "25006")
			return errors.Join(err, transaction.Rollback(ctx), shows(ctx, client, "transaction_read_only", "off"))
		})},
	}
}

func statementTests() []test {
	return []test{
		{"a_batch_is_answered_in_order", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			batch := &pgx.Batch{}
			for id := range 50 {
				batch.Queue("INSERT INTO "+name+" VALUES ($1, $2)", id, fmt.Sprint("word ", id))
			}
			batch.Queue("SELECT count(*) FROM " + name)
			results := client.SendBatch(ctx, batch)
			for range 50 {
				tag, err := results.Exec()
				if err := errors.Join(err, equal(tag.String(), "INSERT 0 1")); err != nil {
					return err
				}
			}
			var count int
			return errors.Join(results.QueryRow().Scan(&count), equal(count, 50), results.Close())
		})},
		{"a_failed_batch_is_undone", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			batch := &pgx.Batch{}
			for _, id := range []int{1, 2, 1} {
				batch.Queue("INSERT INTO "+name+" VALUES ($1, 'w')", id)
			}
			_, err := refused(client.SendBatch(ctx, batch).Close(), "23505")
			found, other := numbers(ctx, client, "SELECT id FROM "+name)
			return errors.Join(err, other, equal(len(found), 0))
		})},
		{"a_prepared_statement_is_reused", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			found, err := client.Prepare(ctx, "mine", "SELECT id FROM "+name+" WHERE id = $1 AND word LIKE $2")
			if err != nil {
				return err
			}
			if err := equal(found.ParamOIDs, []uint32{23, 25}); err != nil {
				return err
			}
			for id := range 10 {
				_, err := client.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, 'a%c')", id)
				ids, other := numbers(ctx, client, "mine", id, "a%")
				if err := errors.Join(err, other, equal(ids, []int{id})); err != nil {
					return err
				}
			}
			return client.Deallocate(ctx, "mine")
		})},
		{"returning_gives_the_rows", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			ids, err := numbers(ctx, client, "INSERT INTO "+name+" VALUES ($1, 'a'), ($2, 'b') RETURNING id", 7, 8)
			return errors.Join(err, equal(ids, []int{7, 8}))
		})},
		{"upsert_inserts_and_updates", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			query := "INSERT INTO " + name + " VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET word = excluded.word"
			_, first := client.Exec(ctx, query, 1, "first")
			_, second := client.Exec(ctx, query, 1, "second")
			var word string
			err := client.QueryRow(ctx, "SELECT word FROM "+name).Scan(&word)
			return errors.Join(first, second, err, equal(word, "second"))
		})},
		{"equal_to_any_of_an_array", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			_, err := client.Exec(ctx, "INSERT INTO "+name+" VALUES (1, 'a'), (2, 'b'), (3, 'c')")
			byID, first := numbers(ctx, client, "SELECT id FROM "+name+" WHERE id = ANY($1) ORDER BY id", []int32{1, 3, 9})
			byWord, second := numbers(ctx, client, "SELECT id FROM "+name+" WHERE word = ANY($1)", []string{"b"})
			return errors.Join(err, first, second, equal(byID, []int{1, 3}), equal(byWord, []int{2}))
		})},
		{"copy_is_right_or_refused", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			rows := [][]any{{1, "a"}, {2, ""}, {3, nil}}
			count, err := client.CopyFrom(ctx, pgx.Identifier{name}, []string{"id", "word"}, pgx.CopyFromRows(rows))
			if _, other := refused(err, "0A000"); err != nil && other != nil {
				return other
			}
			found, err := numbers(ctx, client, "SELECT id FROM "+name)
			return errors.Join(err, equal(len(found), int(count)))
		})},
	}
}

func transactionTests() []test {
	return []test{
		{"transactions_commit_and_roll_back", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			insert := "INSERT INTO " + name + " VALUES ($1, 'w')"
			kept := pgx.BeginFunc(ctx, client, func(transaction pgx.Tx) error {
				_, err := transaction.Exec(ctx, insert, 1)
				inner := pgx.BeginFunc(ctx, transaction, func(inner pgx.Tx) error {
					_, err := inner.Exec(ctx, insert, 1)
					return err
				})
				_, other := refused(inner, "23505")
				return errors.Join(err, other)
			})
			undone := pgx.BeginFunc(ctx, client, func(transaction pgx.Tx) error {
				if _, err := transaction.Exec(ctx, insert, 2); err != nil {
					return err
				}
				return errors.New("undone")
			})
			found, err := numbers(ctx, client, "SELECT id FROM "+name)
			return errors.Join(kept, equal(undone.Error(), "undone"), err, equal(found, []int{1}))
		})},
		{"commit_of_a_failed_block_is_told", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			transaction, err := client.Begin(ctx)
			if err != nil {
				return err
			}
			_, err = transaction.Exec(ctx, "SELECT * FROM no_such_table")
			_, first := refused(err, "42P01")
			_, err = transaction.Exec(ctx, "SELECT 1")
			_, second := refused(err, "25P02")
			return errors.Join(first, second, equal(errors.Is(transaction.Commit(ctx), pgx.ErrTxCommitRollback), true))
		})},
		{"a_deadline_ends_the_statement", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			holder, err := holds(ctx, client, name)
			if err != nil {
				return err
			}
			defer holder.Close(ctx)
			limited, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
			defer cancel()
			_, err = client.Exec(limited, "UPDATE "+name+" SET word = 'b' WHERE id = 1")
			return equal(pgconn.Timeout(err), true)
		})},
		{"cancel_ends_the_statement", with(func(ctx context.Context, client *pgx.Conn, name string) error {
			holder, err := holds(ctx, client, name)
			if err != nil {
				return err
			}
			defer holder.Close(ctx)
			timer := time.AfterFunc(300*time.Millisecond, func() { _ = client.PgConn().CancelRequest(ctx) })
			defer timer.Stop()
			_, err = client.Exec(ctx, "UPDATE "+name+" SET word = 'b' WHERE id = 1")
			_, err = refused(err, "57014")
			found, other := numbers(ctx, client, "SELECT 1")
			return errors.Join(err, other, equal(found, []int{1}))
		})},
	}
}

func errorTests() []test {
	var tests []test
	for _, pair := range failing("pgx_errors") {
		tests = append(tests, test{"error_" + pair[0], func(ctx context.Context) error {
			client, err := connect(ctx)
			if err != nil {
				return err
			}
			defer drop("pgx_errors")
			defer client.Close(ctx)
			for _, query := range []string{"DROP TABLE IF EXISTS pgx_errors", errorTable("pgx_errors"),
				"INSERT INTO pgx_errors VALUES (1, 'a', NULL, NULL)"} {
				if _, err := client.Exec(ctx, query); err != nil {
					return err
				}
			}
			_, err = client.Exec(ctx, pair[1])
			_, err = refused(err, pair[0])
			_, other := client.Exec(ctx, pair[1], pgx.QueryExecModeDescribeExec)
			_, other = refused(other, pair[0])
			return errors.Join(err, other, client.Ping(ctx))
		}})
	}
	return tests
}

func main() {
	if os.Getenv("PGHOST") == "" {
		fmt.Fprintln(os.Stderr, "tests/clients/pgx: run run.sh HOST PORT")
		os.Exit(2)
	}
	tests := sessionTests()
	tests = append(tests, statementTests()...)
	tests = append(tests, transactionTests()...)
	tests = append(tests, errorTests()...)
	tests = append(tests, typeTests()...)
	run(tests)
}
