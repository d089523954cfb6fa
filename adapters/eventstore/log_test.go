package eventstore_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

// notebook keeps what is logged.
type notebook struct {
	mu      sync.Mutex
	entries []string
}

func (n *notebook) logger() *slog.Logger { return slog.New(n) }

// Enabled implements slog.Handler.
func (n *notebook) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs implements slog.Handler.
func (n *notebook) WithAttrs([]slog.Attr) slog.Handler { return n }

// WithGroup implements slog.Handler.
func (n *notebook) WithGroup(string) slog.Handler { return n }

// Handle implements slog.Handler.
func (n *notebook) Handle(_ context.Context, r slog.Record) error {
	var text strings.Builder
	text.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		text.WriteString(" " + a.String())
		return true
	})
	n.mu.Lock()
	defer n.mu.Unlock()
	n.entries = append(n.entries, text.String())
	return nil
}

// with returns the entries that contain all of the parts.
func (n *notebook) with(parts ...string) (found []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, entry := range n.entries {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(entry, part)
		}
		if all {
			found = append(found, entry)
		}
	}
	return found
}
