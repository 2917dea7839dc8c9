package bridge

import (
	"context"
	"encoding/binary"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// idOf returns the id of topic n.
func idOf(n int) (id topicID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n+1))
	return id
}

// Topics below 1000 exist.
func askedCluster(questions *[]int) func(context.Context, []topicID) (map[topicID]string, *tunnel.CloseError) {
	return func(_ context.Context, ids []topicID) (map[topicID]string, *tunnel.CloseError) {
		*questions = append(*questions, len(ids))
		time.Sleep(10 * time.Millisecond)
		names := map[topicID]string{idOf(5000): "nobody asked"}
		for _, id := range ids {
			if n := int(binary.BigEndian.Uint64(id[8:])) - 1; n < 1000 {
				names[id] = "topic"
			}
		}
		return names, nil
	}
}

// name returns the name of one topic, and asks the cluster if need be.
func (n *topicNames) name(ctx context.Context, id topicID) (name string, known bool) {
	if _, unknown := n.known.cached([]topicID{id}); len(unknown) > 0 {
		n.learn(ctx, unknown)
	}
	names, _ := n.known.cached([]topicID{id})
	name, known = names[id]
	return name, known
}

func TestTopicNamesAreAskedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var questions []int
		names := newTopicNames(askedCluster(&questions), new(knownTopics), slog.New(slog.DiscardHandler))
		names.name(t.Context(), idOf(0)) // so that the next question is put a second later
		var callers sync.WaitGroup
		for i := range 100 {
			callers.Go(func() {
				if name, known := names.name(t.Context(), idOf(i%50)); !known || name != "topic" {
					t.Errorf("topic %d: %q, %v", i, name, known)
				}
			})
		}
		callers.Wait()
		if len(questions) != 2 || questions[1] != 49 {
			t.Errorf("questions about %v topics", questions)
		}
		if known, _ := names.known.cached([]topicID{idOf(5000)}); len(known) > 0 {
			t.Error("a name that nobody asked for is kept")
		}
	})
}

func TestUnknownTopicsAreAskedForOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var questions []int
		names := newTopicNames(askedCluster(&questions), new(knownTopics), slog.New(slog.DiscardHandler))
		started := time.Now()
		for i := range 10 {
			if _, known := names.name(t.Context(), idOf(2000+i)); known {
				t.Error("topic", i)
			}
			if name, known := names.name(t.Context(), idOf(i)); !known || name != "topic" {
				t.Error("topic", i)
			}
		}
		if took := time.Since(started); len(questions) != 20 || took < 19*questionEvery {
			t.Errorf("%d questions in %v", len(questions), took)
		}
	})
}

func TestTopicsOfARequestAreAskedForInOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var questions []int
		names := newTopicNames(askedCluster(&questions), new(knownTopics), slog.New(slog.DiscardHandler))
		var ids []topicID
		for i := range 2 * maxTopicsAsked { // of which 500 exist
			ids = append(ids, idOf(500+i))
		}
		names.learn(t.Context(), ids)
		known, unknown := names.known.cached(ids)
		if len(questions) != 1 || questions[0] != maxTopicsAsked || len(known) != 500 || len(unknown) != len(ids)-500 {
			t.Errorf("questions about %v topics, %d known, %d unknown", questions, len(known), len(unknown))
		}
	})
}

func TestTopicNamesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var questions []int
		names := newTopicNames(askedCluster(&questions), new(knownTopics), slog.New(slog.DiscardHandler))
		names.known.names = make(map[topicID]string)
		for i := range maxTopicNames - 1 {
			names.known.names[idOf(1_000_000+i)] = "old"
		}
		names.name(t.Context(), idOf(0))
		var callers sync.WaitGroup
		for i := range 2 * maxTopicsAsked {
			callers.Go(func() { names.name(t.Context(), idOf(1+i)) })
		}
		callers.Wait()
		if len(questions) != 2 || questions[1] != maxTopicsAsked || len(names.known.names) > maxTopicsAsked {
			t.Errorf("questions about %v topics, %d names", questions, len(names.known.names))
		}
	})
}

func TestTopicNamesOfAClusterThatCannotBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := newTopicNames(func(context.Context, []topicID) (map[topicID]string, *tunnel.CloseError) {
			return nil, denied("no")
		}, new(knownTopics), slog.New(slog.DiscardHandler))
		if _, known := names.name(t.Context(), idOf(1)); known {
			t.Error("known")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, known := names.name(ctx, idOf(1)); known {
			t.Error("known")
		}
		time.Sleep(questionEvery)
	})
}

func FuzzTopics(f *testing.F) {
	response := kmsg.NewPtrMetadataResponse()
	response.Version = topicsVersion
	topic := kmsg.NewMetadataResponseTopic()
	topic.Topic, topic.TopicID = kmsg.StringPtr("orders"), idOf(1)
	response.Topics = append(response.Topics, topic)
	f.Add(append([]byte{0}, response.AppendTo(nil)...))
	f.Add([]byte{1, 0, 200})
	f.Fuzz(func(t *testing.T, rest []byte) {
		names, err := parseTopics(rest)
		if err != nil && names != nil {
			t.Error(names, err)
		}
	})
}
