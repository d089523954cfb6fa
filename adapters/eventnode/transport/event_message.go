package transport

import (
	"encoding/binary"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"parley/adapters/eventnode"
)

// Fields of streams.ReadResp and of the messages in it, as the client's protocol
// files number them.
const (
	respEvent = 1

	readEvent  = 1
	readLink   = 2
	readCommit = 3

	recordedID             = 1
	recordedStream         = 2
	recordedRevision       = 3
	recordedPrepare        = 4
	recordedCommit         = 5
	recordedMetadata       = 6
	recordedCustomMetadata = 7
	recordedData           = 8

	identifierName = 3

	idStructured = 1
	idText       = 2
	idMost       = 1
	idLeast      = 2

	entryKey   = 1
	entryValue = 2
)

// eventMessage is a streams.ReadResp that holds an event; codec writes it. It
// may be filled again once it has been sent.
type eventMessage struct {
	encoder
	event, link    eventnode.Record
	found, linking bool
	commit         uint64
	size           int // about
}

// fill makes it the message for an event that was read, or for a link and the
// event that it leads to; that one is nil when there is none.
func (m *eventMessage) fill(event, link *eventnode.Record) *eventMessage {
	m.found, m.linking, m.size = event != nil, link != nil, 0
	for _, given := range [...]struct{ from, to *eventnode.Record }{{event, &m.event}, {link, &m.link}} {
		if given.from != nil {
			*given.to = *given.from
			m.commit = uint64(given.from.Position)
			m.size += len(given.from.Stream) + len(given.from.Type) + len(given.from.Metadata) + 192
		}
	}
	return m
}

// marshal returns the message in two parts, of which the second is the event's
// data as it is: it comes last and need not be copied.
func (m *eventMessage) marshal() (head, data []byte) {
	head = make([]byte, 0, m.size)
	if m.found {
		data = m.event.Data
	}
	head, resp := begin(head, respEvent)
	head = appendNumber(head, readCommit, m.commit)
	if m.linking {
		link := 0
		head, link = m.beginRecorded(head, readLink, &m.link)
		head = end(append(head, m.link.Data...), link, 0)
	}
	if m.found {
		event := 0
		head, event = m.beginRecorded(head, readEvent, &m.event)
		head = end(head, event, len(data))
	}
	return end(head, resp, len(data)), data
}

// beginRecorded writes a RecordedEvent up to the bytes of its data, with which
// it ends. Its metadata always has a creation time: a client that misses it ends
// its whole process.
func (e encoder) beginRecorded(b []byte, field protowire.Number, r *eventnode.Record) (message []byte, at int) {
	b, at = begin(b, field)
	b = e.appendID(b, r)
	b, stream := begin(b, recordedStream)
	b = end(appendText(b, identifierName, r.Stream), stream, 0)
	b = appendNumber(b, recordedRevision, uint64(r.Revision))
	b = appendNumber(b, recordedPrepare, uint64(r.Position))
	b = appendNumber(b, recordedCommit, uint64(r.Position))
	b = appendEntry(b, "type", r.Type)
	b = appendEntry(b, "content-type", contentType(r.Binary))
	var created [20]byte
	b = appendEntry(b, "created", strconv.AppendInt(created[:0], r.RecordedAt.UnixMicro()*10, 10))
	b = appendText(b, recordedCustomMetadata, r.Metadata)
	b = protowire.AppendTag(b, recordedData, protowire.BytesType)
	return protowire.AppendVarint(b, uint64(len(r.Data))), at
}

func (e encoder) appendID(b []byte, r *eventnode.Record) []byte {
	b, id := begin(b, recordedID)
	if e.textIDs {
		return end(appendText(b, idText, r.ID.String()), id, 0)
	}
	b, structured := begin(b, idStructured)
	b = appendNumber(b, idMost, binary.BigEndian.Uint64(r.ID[:8]))
	b = appendNumber(b, idLeast, binary.BigEndian.Uint64(r.ID[8:]))
	return end(end(b, structured, 0), id, 0)
}

func appendEntry[T string | []byte](b []byte, key string, value T) []byte {
	b, entry := begin(b, recordedMetadata)
	return end(appendText(appendText(b, entryKey, key), entryValue, value), entry, 0)
}

func appendNumber(b []byte, field protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
}

func appendText[T string | []byte](b []byte, field protowire.Number, text T) []byte {
	b = protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(len(text)))
	return append(b, text...)
}

// lengthBytes is what the length of a nested message takes. It is known only
// when the message has been written, so it is filled up: every decoder reads a
// number that is longer than it need be.
const lengthBytes = 4

// begin begins a nested message; end ends the one that was begun there and to
// which so many bytes are still to come.
func begin(b []byte, field protowire.Number) (message []byte, at int) {
	b = append(protowire.AppendTag(b, field, protowire.BytesType), 0, 0, 0, 0)
	return b, len(b)
}

func end(b []byte, at, more int) []byte {
	n := len(b) - at + more
	for i := range lengthBytes {
		b[at-lengthBytes+i] = byte(n>>(7*i))&0x7f | 0x80
	}
	b[at-1] &= 0x7f
	return b
}
