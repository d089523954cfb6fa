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

// Limits of an expression, held before it is compiled: a compiler's stack and its
// program grow with what they are given.
const (
	maxExpression = 4096 // bytes
	maxBrackets   = 100  // that open a group or a class, nested or not
)

// pattern is a regular expression of a client. Those that Go's own package knows
// take linear time; the rest, such as look-around, are .NET's and may take long:
// they are cut off, which ends the call.
type pattern struct {
	linear       *regexp.Regexp
	backtracking *regexp2.Regexp
}

func newPattern(expression string) (*pattern, error) {
	if err := boundedExpression(expression); err != nil {
		return nil, err
	}
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

// boundedExpression refuses an expression beyond the limits. Counted are all brackets that
// may open something, since a comment can hide from a counter what closes.
func boundedExpression(expression string) error {
	if len(expression) > maxExpression {
		return status.Errorf(codes.InvalidArgument, "the filter's regular expression is longer than %d bytes", maxExpression)
	}
	brackets, escaped := 0, false
	for i := range len(expression) {
		b := expression[i]
		if !escaped && (b == '(' || b == '[') {
			brackets++
		}
		escaped = b == '\\' && !escaped
	}
	if brackets > maxBrackets {
		return status.Errorf(codes.InvalidArgument, "the filter's regular expression has more than %d opening brackets", maxBrackets)
	}
	return nil
}
