package transport

import (
	"context"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
)

// defaultWindow is the search window of a filter that names none.
const defaultWindow = 32

// Limits of a filter's prefixes, each of which is compared with each name.
const (
	maxPrefixes    = 1000
	maxPrefixBytes = 64 << 10 // of all together
)

// filter picks records by stream name or event type: by prefixes, or by a regular
// expression where one is given, as the real server does.
type filter struct {
	byType   bool
	prefixes []string
	pattern  *pattern
	interval uint64 // events considered between two checkpoints
}

func newFilter(options *streams.ReadReq_Options_FilterOptions) (f *filter, err error) {
	f = &filter{interval: window(options) * uint64(options.GetCheckpointIntervalMultiplier())}
	expression := options.GetStreamIdentifier()
	if expression == nil {
		f.byType, expression = true, options.GetEventType()
	}
	if err := boundedPrefixes(expression.GetPrefix()); err != nil {
		return nil, err
	}
	switch f.prefixes = expression.GetPrefix(); {
	case expression.GetRegex() != "":
		f.pattern, err = newPattern(expression.GetRegex())
	case len(f.prefixes) == 0:
		err = status.Error(codes.InvalidArgument, "a filter needs prefixes or a regular expression")
	}
	return f, err
}

// boundedPrefixes refuses prefixes beyond the limits.
func boundedPrefixes(prefixes []string) error {
	bytes := 0
	for _, prefix := range prefixes {
		bytes += len(prefix)
	}
	if len(prefixes) > maxPrefixes || bytes > maxPrefixBytes {
		return status.Errorf(codes.InvalidArgument, "a filter has at most %d prefixes of %d bytes together", maxPrefixes, maxPrefixBytes)
	}
	return nil
}

// streams returns the prefixes of streams that the filter wants nothing beside;
// none where that is not all that it says. Without a filter there are none.
func (f *filter) streams() []string {
	if f == nil || f.byType || f.pattern != nil {
		return nil
	}
	return f.prefixes
}

func window(options *streams.ReadReq_Options_FilterOptions) uint64 {
	if given, ok := options.GetWindow().(*streams.ReadReq_Options_FilterOptions_Max); ok {
		return uint64(given.Max)
	}
	return defaultWindow
}

// checkInterval refuses a subscription whose checkpoints would never come.
func (f *filter) checkInterval() error {
	if f != nil && f.interval == 0 {
		return status.Error(codes.InvalidArgument, "the filter's window and checkpoint interval must be above 0")
	}
	return nil
}

func (f *filter) matches(ctx context.Context, r *eventnode.Record) (bool, error) {
	subject := r.Stream
	if f.byType {
		subject = r.Type
	}
	if f.pattern != nil {
		return f.pattern.matches(ctx, subject)
	}
	for _, prefix := range f.prefixes {
		if strings.HasPrefix(subject, prefix) {
			return true, nil
		}
	}
	return false, nil
}
