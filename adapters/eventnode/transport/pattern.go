package transport

import (
	"context"
	"regexp"
	"time"

	"github.com/dlclark/regexp2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// maxMatch is how long an expression may look at one name.
const maxMatch = 100 * time.Millisecond

// pattern is a regular expression of a client. Those that Go's own package knows
// take linear time; the rest, such as look-around, are .NET's and may take long:
// they are cut off, which ends the call.
type pattern struct {
	linear       *regexp.Regexp
	backtracking *regexp2.Regexp
}

func newPattern(expression string) (*pattern, error) {
	if linear, err := regexp.Compile(expression); err == nil {
		return &pattern{linear: linear}, nil
	}
	backtracking, err := regexp2.Compile(expression, regexp2.None)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "the filter's regular expression: %v", err)
	}
	backtracking.MatchTimeout = maxMatch
	return &pattern{backtracking: backtracking}, nil
}

func (p *pattern) matches(ctx context.Context, name string) (bool, error) {
	if p.linear != nil {
		return p.linear.MatchString(name), nil
	}
	// Many slow names in a row must not outlive the call.
	if err := ctx.Err(); err != nil {
		return false, err
	}
	found, err := p.backtracking.MatchString(name)
	if err != nil {
		return false, status.Errorf(codes.InvalidArgument, "the filter's regular expression took more than %v for %q", maxMatch, name)
	}
	return found, nil
}
