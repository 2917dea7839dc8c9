// Redisguest is a guest that uses Redis by go-redis.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func main() {
	ctx, client := context.Background(), newClient(time.Minute)
	defer client.Close()
	for _, step := range []func(context.Context, *redis.Client) error{count, large, publish, missing, deadline} {
		if err := step(ctx, client); err != nil {
			log.Fatal(err)
		}
	}
}

func newClient(patience time.Duration) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: os.Args[1], Dialer: guest.Dial, ReadTimeout: patience, MaxRetries: -1, PoolSize: 8})
}

// count increments a number, by many requests at once on one connection, and then on several.
func count(ctx context.Context, client *redis.Client) error {
	if _, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for range 1000 {
			p.Incr(ctx, "number")
		}
		return nil
	}); err != nil {
		return err
	}
	first, err := client.Get(ctx, "number").Int()
	if err != nil {
		return err
	}
	var group errgroup.Group
	for range 8 {
		group.Go(func() error {
			for range 100 {
				if err := client.Incr(ctx, "number").Err(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	second, err := client.Get(ctx, "number").Int()
	fmt.Printf("counted to %d in one pipeline, then to %d on 8 connections\n", first, second)
	return err
}

func large(ctx context.Context, client *redis.Client) error {
	sent := strings.Repeat("x", 1<<20)
	if err := client.Set(ctx, "large", sent, 0).Err(); err != nil {
		return err
	}
	got, err := client.Get(ctx, "large").Result()
	fmt.Println("1 MiB there and back:", got == sent)
	return err
}

// publish sends a message to a subscription.
func publish(ctx context.Context, client *redis.Client) error {
	subscription := client.Subscribe(ctx, "letters")
	defer subscription.Close()
	if _, err := subscription.Receive(ctx); err != nil { // it has begun
		return err
	}
	if err := client.Publish(ctx, "letters", "hello").Err(); err != nil {
		return err
	}
	message, err := subscription.ReceiveMessage(ctx)
	if err == nil {
		fmt.Println("published:", message.Payload)
	}
	return err
}

func missing(ctx context.Context, client *redis.Client) error {
	fmt.Println("a key that isn't there:", client.Get(ctx, "none").Err())
	fmt.Println("a list that stays empty:", client.BLPop(ctx, time.Second, "none").Err())
	return nil
}

// deadline waits for ever by a command that the client doesn't know to wait.
func deadline(ctx context.Context, _ *redis.Client) error {
	client := newClient(100 * time.Millisecond)
	defer client.Close()
	err := client.Do(ctx, "blpop", "none", "0").Err()
	fmt.Println("an answer past its deadline is a timeout:", errors.Is(err, os.ErrDeadlineExceeded))
	return nil
}
