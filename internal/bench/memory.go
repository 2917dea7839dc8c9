package main

import (
	"fmt"
	"strconv"
	"time"
)

const (
	unreadStreams = 1024 // as many as a session may have
	// settleTime is how long the bridge's memory has to be at rest.
	settleTime = 3 * time.Second
)

// benchMemory measures what a client that stops reading makes the bridge hold. Each of its streams
// has carried a response before: a relay that grew its buffers for it may keep them.
func benchMemory() ([]row, error) {
	brokers, err := startChild("pour")
	if err != nil {
		return nil, err
	}
	defer brokers.stop()
	url, stop, err := serveBridge(brokers.ready)
	if err != nil {
		return nil, err
	}
	defer stop()
	none := held()
	client, err := startChild("unread", url, brokers.ready, strconv.Itoa(unreadStreams))
	if err != nil {
		return nil, err
	}
	defer client.stop()
	if err := waitForConnections(brokers, unreadStreams); err != nil {
		return nil, err
	}
	open := settled()
	if _, err := brokers.ask("respond"); err != nil {
		return nil, err
	}
	if _, err := client.ask(strconv.Itoa(unreadStreams * responseBytes)); err != nil {
		return nil, err
	}
	responded := settled()
	if _, err := brokers.ask("pour"); err != nil {
		return nil, err
	}
	poured := settled()
	return []row{
		{what: fmt.Sprintf("%d streams in one session", unreadStreams), value: fmt.Sprintf("%.1f MiB of heap and stacks", mebibytes(open-none))},
		{what: fmt.Sprintf("idle after %d KiB were read of each", responseBytes>>10), value: fmt.Sprintf("%.1f MiB more than open", mebibytes(responded-open))},
		{what: "brokers send for ever, nothing is read", value: fmt.Sprintf("%.1f MiB more than open", mebibytes(poured-open)),
			ratio: "no window is in use: the client sent nothing", budget: "≤ windows + 8 MiB"},
	}, nil
}

// settled returns what is held once it grows by less than 1 MiB in settleTime.
func settled() int64 {
	now := held()
	for {
		before := now
		time.Sleep(settleTime)
		if now = held(); now-before < 1<<20 {
			return now
		}
	}
}

func waitForConnections(brokers *child, n int) error {
	const limit = 30 * time.Second
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		answer, err := brokers.ask("connections")
		if err != nil {
			return err
		}
		switch have, err := strconv.Atoi(answer); {
		case err != nil:
			return err
		case have >= n:
			return nil
		case time.Now().After(end):
			return fmt.Errorf("the brokers have %d connections after %v, %d were expected", have, limit, n)
		}
	}
}
