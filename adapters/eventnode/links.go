package eventnode

import (
	"bytes"
	"context"
	"errors"
	"strconv"

	"parley/domain/eventlog"
)

// LinkType is the type of an event whose data names another: "revision@stream".
const LinkType = "$>"

// IsLink reports whether the record is a link: it has the type of one, and its
// data begins with a number. Whatever else has that type is an event like any
// other, as in the real server.
func (r *Record) IsLink() bool {
	_, ok := revisionOf(r)
	return ok
}

func revisionOf(r *Record) (int64, bool) {
	number, _, _ := bytes.Cut(r.Data, []byte("@"))
	revision, err := strconv.ParseInt(string(number), 10, 64)
	return revision, err == nil && r.Type == LinkType
}

// Resolve returns the event that a link leads to. It is not ok when the record
// leads to nothing that could be read: to no event, to one that metadata hides, or
// into a deleted stream.
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
	number, ok := revisionOf(link)
	_, name, _ := bytes.Cut(link.Data, []byte("@"))
	return string(name), eventlog.Revision(number), ok && number >= 0 && number < tombstone && len(name) > 0
}
