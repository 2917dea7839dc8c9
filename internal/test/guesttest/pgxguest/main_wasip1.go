// Pgxguest is a guest that uses PostgreSQL by pgx.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

const rows = 10_000

func main() {
	ctx := context.Background()
	pool, err := open(ctx, os.Args[1], os.Args[2])
	if err != nil {
		fmt.Println("no connection:", code(err))
		return
	}
	defer pool.Close()
	for _, step := range []func(context.Context, *pgxpool.Pool) error{copyRows, sums, large, notify, rollBack, deadline, missing} {
		if err := step(ctx, pool); err != nil {
			log.Fatal(err)
		}
	}
}

// open connects to the server at addr. The host looks its name up.
func open(ctx context.Context, addr, password string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig("postgres://guest@" + addr + "/postgres?sslmode=disable&pool_max_conns=8")
	if err != nil {
		return nil, err
	}
	config.ConnConfig.Password = password
	config.ConnConfig.DialFunc = guest.Dial
	config.ConnConfig.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// code is PostgreSQL's number of an error, or its text.
func code(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code
	}
	return err.Error()
}

func copyRows(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, "create table numbers (n bigint)"); err != nil {
		return err
	}
	n, err := pool.CopyFrom(ctx, pgx.Identifier{"numbers"}, []string{"n"},
		pgx.CopyFromSlice(rows, func(i int) ([]any, error) { return []any{int64(i)}, nil }))
	fmt.Println("copied", n, "rows")
	return err
}

// sums has all connections read all rows at once.
func sums(ctx context.Context, pool *pgxpool.Pool) error {
	var group errgroup.Group
	sums := make([]int64, 8)
	for i := range sums {
		group.Go(func() error {
			result, err := pool.Query(ctx, "select n from numbers")
			if err != nil {
				return err
			}
			all, err := pgx.CollectRows(result, pgx.RowTo[int64])
			for _, n := range all {
				sums[i] += n
			}
			return err
		})
	}
	err := group.Wait()
	fmt.Println("sums of 8 connections:", sums)
	return err
}

func large(ctx context.Context, pool *pgxpool.Pool) error {
	sent, got := bytes.Repeat([]byte("x"), 1<<20), []byte(nil)
	err := pool.QueryRow(ctx, "select $1::bytea", sent).Scan(&got)
	fmt.Println("1 MiB there and back:", bytes.Equal(sent, got))
	return err
}

// notify sends a message from one connection to another, which waits for it.
func notify(ctx context.Context, pool *pgxpool.Pool) error {
	listener, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer listener.Release()
	if _, err := listener.Exec(ctx, "listen letters"); err != nil {
		return err
	}
	if _, err := pool.Exec(ctx, "select pg_notify('letters', 'hello')"); err != nil {
		return err
	}
	n, err := listener.Conn().WaitForNotification(ctx)
	if err == nil {
		fmt.Println("notified:", n.Payload)
	}
	return err
}

func rollBack(ctx context.Context, pool *pgxpool.Pool) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from numbers"); err != nil {
		return err
	}
	if err := tx.Rollback(ctx); err != nil {
		return err
	}
	var count int
	err = pool.QueryRow(ctx, "select count(*) from numbers").Scan(&count)
	fmt.Println("rolled back:", count, "rows")
	return err
}

func deadline(ctx context.Context, pool *pgxpool.Pool) error {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	_, err := pool.Exec(ctx, "select pg_sleep(3600)")
	fmt.Println("a query past its deadline ends with it:", errors.Is(err, context.DeadlineExceeded))
	return nil
}

func missing(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, "select * from letters")
	fmt.Println("a table that isn't there:", code(err))
	return nil
}
