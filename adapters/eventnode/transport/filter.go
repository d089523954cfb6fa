package transport

import (
	"regexp"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
)

// defaultWindow is the search window of a filter that names none.
const defaultWindow = 32

// filter picks records by stream name or event type. A nil filter matches all.
type filter struct {
	byType   bool
	prefixes []string
	regex    *regexp.Regexp
	interval uint64 // events considered between two checkpoints
}

// newFilter reads a filter. Expressions are those of Go's regexp package, which
// takes linear time; look-around is refused.
func newFilter(options *streams.ReadReq_Options_FilterOptions) (*filter, error) {
	f := &filter{}
	expression := options.GetStreamIdentifier()
	if expression == nil {
		f.byType, expression = true, options.GetEventType()
	}
	f.prefixes = expression.GetPrefix()
	if len(f.prefixes) == 0 && expression.GetRegex() == "" {
		return nil, status.Error(codes.InvalidArgument, "a filter needs prefixes or a regular expression")
	}
	if len(f.prefixes) == 0 {
		regex, err := regexp.Compile(expression.GetRegex())
		if err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "the filter's regular expression: %v", err)
		}
		f.regex = regex
	}
	return f, f.setInterval(options)
}

func (f *filter) setInterval(options *streams.ReadReq_Options_FilterOptions) error {
	window := uint64(defaultWindow)
	if given, ok := options.GetWindow().(*streams.ReadReq_Options_FilterOptions_Max); ok {
		window = uint64(given.Max)
	}
	f.interval = window * uint64(options.GetCheckpointIntervalMultiplier())
	if f.interval == 0 {
		return status.Error(codes.InvalidArgument, "the filter's window and checkpoint interval must be above 0")
	}
	return nil
}

func (f *filter) matches(r *eventnode.Record) bool {
	if f == nil {
		return true
	}
	subject := r.Stream
	if f.byType {
		subject = r.Type
	}
	if f.regex != nil {
		return f.regex.MatchString(subject)
	}
	for _, prefix := range f.prefixes {
		if strings.HasPrefix(subject, prefix) {
			return true
		}
	}
	return false
}
