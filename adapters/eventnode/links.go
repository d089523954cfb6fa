package eventnode

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"

	"parley/domain/eventlog"
)

// LinkType is the type of an event whose data names another: "revision@stream".
const LinkType = "$>"

// Resolve returns the event that a link leads to. It is not ok when the record is
// no link, or leads to nothing that could be read: to no event, to one that
// metadata hides, or into a deleted stream.
func (n *Node) Resolve(ctx context.Context, link Record) (target Record, ok bool, err error) {
	stream, revision, ok := parseLink(&link)
	if !ok {
		return Record{}, false, nil
	}
	for target, err := range n.Stream(ctx, stream, revision, 1) {
		if _, gone := errors.AsType[*StreamDeletedError](err); gone {
			return Record{}, false, nil
		}
		// Events before the first visible one are passed over by the read.
		return target, err == nil && target.Revision == revision, err
	}
	return Record{}, false, nil
}

func parseLink(link *Record) (stream string, revision eventlog.Revision, ok bool) {
	if link.Type != LinkType {
		return "", 0, false
	}
	number, stream, ok := strings.Cut(string(link.Data), "@")
	parsed, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || parsed < 0 || parsed == math.MaxInt64 || stream == "" {
		return "", 0, false
	}
	return stream, eventlog.Revision(parsed), true
}
