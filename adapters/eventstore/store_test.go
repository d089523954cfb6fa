package eventstore_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

func TestOpen_refuses_a_connection_string_and_says_what_to_write(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "localhost:2113", "http://localhost:2113", "esdb://", "esdb://host:port",
		"esdb://host?tls=perhaps", "esdb://host?userCertFile=a.pem", "esdb://host/path",
	} {
		_, err := eventstore.Open(eventstore.Config{ConnectionString: text})
		if err == nil || !strings.Contains(err.Error(), "esdb://host:2113") {
			t.Errorf("%q: got error %v, want one that shows how it is written", text, err)
		}
	}
}

func TestOpen_never_tells_a_password(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"esdb://admin:secret@host:port", "esdb://admin:se/secret@host", "esdb://admin:secret%@host", "esdb://:secret@host",
	} {
		_, err := eventstore.Open(eventstore.Config{ConnectionString: text})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got error %v, want one without the password", text, err)
		}
	}
}

func TestOpen_takes_nodes_and_clusters(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"esdb://127.0.0.1:1?tls=false", "esdb://127.0.0.1:1,127.0.0.1:2?tls=false", "esdb+discover://127.0.0.1:1?tls=false&nodePreference=follower",
	} {
		open(t, text)
	}
}

func TestStore_without_a_server(t *testing.T) {
	t.Parallel()
	store := open(t, "esdb://"+deadAddress(t)+"?tls=false")
	for name, call := range calls(store) {
		t.Run(name+" ends with its context and says that the store is unavailable", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			start := time.Now()
			err := call(ctx)
			if !errors.Is(err, eventlog.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want unavailable because the deadline passed", err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	t.Run("a subscription starts at once and its Next ends with its context", func(t *testing.T) {
		sub, err := store.Follow(t.Context(), eventlog.Start, "parley_")
		if err != nil {
			t.Fatalf("follow: %v", err)
		}
		defer sub.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := sub.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want deadline exceeded", err)
		}
	})
	t.Run("closing it ends waiting calls", func(t *testing.T) {
		ended := make(chan error, 1)
		go func() {
			_, err := store.End(t.Context())
			ended <- err
		}()
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-ended; !errors.Is(err, eventlog.ErrClosed) {
			t.Errorf("got %v, want closed", err)
		}
	})
}

func TestAppend_refuses_before_asking_the_server(t *testing.T) {
	t.Parallel()
	store := open(t, "esdb://"+deadAddress(t)+"?tls=false")
	big := event()
	big.Data = make([]byte, eventlog.MaxAppendBytes)
	if _, err := store.Append(t.Context(), "a", eventlog.NoStream, []eventlog.NewEvent{big}); !errors.Is(err, eventlog.ErrTooLarge) {
		t.Errorf("got %v, want too large", err)
	}
	many := make([]eventlog.NewEvent, eventlog.MaxAppendEvents+1)
	for i := range many {
		many[i] = event()
	}
	if _, err := store.Append(t.Context(), "a", eventlog.NoStream, many); !errors.Is(err, eventlog.ErrTooLarge) {
		t.Errorf("got %v of %d events, want too large", err, len(many))
	}
	if _, err := store.Append(t.Context(), "a", eventlog.NoStream, nil); err == nil {
		t.Error("an append without events was accepted")
	}
	nameless := event()
	nameless.ID = uuid.Nil
	if _, err := store.Append(t.Context(), "a", eventlog.NoStream, []eventlog.NewEvent{nameless}); err == nil {
		t.Error("an event without an id was accepted")
	}
	var conflict *eventlog.ConflictError
	if _, err := store.Append(t.Context(), "a", -2, []eventlog.NewEvent{event()}); !errors.As(err, &conflict) {
		t.Errorf("got %v, want a conflict", err)
	}
}

func calls(store *eventstore.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Append": func(ctx context.Context) error {
			_, err := store.Append(ctx, "a", eventlog.NoStream, []eventlog.NewEvent{event()})
			return err
		},
		"ReadStream": func(ctx context.Context) error {
			for _, err := range store.ReadStream(ctx, "a", 0, 0) {
				return err
			}
			return nil
		},
		"ReadAll": func(ctx context.Context) error {
			for _, err := range store.ReadAll(ctx, eventlog.Start, "a", 0) {
				return err
			}
			return nil
		},
		"End": func(ctx context.Context) error {
			_, err := store.End(ctx)
			return err
		},
	}
}

func event() eventlog.NewEvent {
	return eventlog.NewEvent{ID: uuid.New(), Type: "happened.v1", Data: []byte(`{}`)}
}

func open(t *testing.T, text string) *eventstore.Store {
	t.Helper()
	return openWith(t, eventstore.Config{ConnectionString: text})
}

func openWith(t *testing.T, config eventstore.Config) *eventstore.Store {
	t.Helper()
	store, err := eventstore.Open(config)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return store
}

// deadAddress returns an address at which nobody listens.
func deadAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
