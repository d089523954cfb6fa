package settings

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/domain"
	"parley/domain/conversation"
)

// Limits bound what people may do and send.
type Limits struct {
	// MessageBytes bounds a message's body, in bytes of UTF-8.
	MessageBytes int
	// EditWindow is how long an author may edit a message; 0 is never.
	EditWindow time.Duration
	// AttachmentBytes bounds one file.
	AttachmentBytes int64
	// AttachmentTypes are the media types that files may have: exact ones, or
	// such as image/*; */* is any. Without one, there are no attachments.
	AttachmentTypes []string
	// CommandsPerSecond is how many commands one person may send in the long
	// run, Burst how many at once.
	CommandsPerSecond int
	Burst             int
}

// defaults are the limits that hold until others are set.
var defaults = Limits{
	MessageBytes:      conversation.DefaultMessageBytes,
	EditWindow:        15 * time.Minute,
	AttachmentBytes:   25 << 20,
	AttachmentTypes:   []string{"*/*"},
	CommandsPerSecond: 200,
	Burst:             1000,
}

// maxTypes bounds the list of media types.
const maxTypes = 100

// LimitsChange is what is to be otherwise in the limits; nil leaves a value as
// it is.
type LimitsChange struct {
	MessageBytes      *int64    `json:"message_bytes,omitempty"`
	EditWindow        *int64    `json:"edit_window_seconds,omitempty"`
	AttachmentBytes   *int64    `json:"attachment_bytes,omitempty"`
	AttachmentTypes   *[]string `json:"attachment_types,omitempty"`
	CommandsPerSecond *int64    `json:"commands_per_second,omitempty"`
	Burst             *int64    `json:"burst,omitempty"`
}

// with returns the change with a later one upon it.
func (c LimitsChange) with(d LimitsChange) LimitsChange {
	later(&c.MessageBytes, d.MessageBytes)
	later(&c.EditWindow, d.EditWindow)
	later(&c.AttachmentBytes, d.AttachmentBytes)
	later(&c.AttachmentTypes, d.AttachmentTypes)
	later(&c.CommandsPerSecond, d.CommandsPerSecond)
	later(&c.Burst, d.Burst)
	return c
}

func later[T any](to **T, d *T) {
	if d != nil {
		*to = d
	}
}

// over returns the limits with the change upon them.
func (c LimitsChange) over(l Limits) Limits {
	number(&l.MessageBytes, c.MessageBytes)
	if c.EditWindow != nil {
		l.EditWindow = time.Duration(*c.EditWindow) * time.Second
	}
	number(&l.AttachmentBytes, c.AttachmentBytes)
	set(&l.AttachmentTypes, c.AttachmentTypes)
	number(&l.CommandsPerSecond, c.CommandsPerSecond)
	number(&l.Burst, c.Burst)
	return l
}

func number[N int | int64](to *N, n *int64) {
	if n != nil {
		*to = N(*n)
	}
}

// from leaves of the change what differs from what is.
func (c LimitsChange) from(l Limits) LimitsChange {
	d := LimitsChange{
		MessageBytes:      differing(int64(l.MessageBytes), c.MessageBytes),
		EditWindow:        differing(int64(l.EditWindow/time.Second), c.EditWindow),
		AttachmentBytes:   differing(l.AttachmentBytes, c.AttachmentBytes),
		CommandsPerSecond: differing(int64(l.CommandsPerSecond), c.CommandsPerSecond),
		Burst:             differing(int64(l.Burst), c.Burst),
	}
	if c.AttachmentTypes != nil && !slices.Equal(*c.AttachmentTypes, l.AttachmentTypes) {
		d.AttachmentTypes = c.AttachmentTypes
	}
	return d
}

func (c LimitsChange) check(p *domain.Problems) {
	for _, n := range []struct {
		name     string
		value    *int64
		from, to int64
	}{
		{"message_bytes", c.MessageBytes, 1, 256 << 10},
		{"edit_window_seconds", c.EditWindow, 0, MaxAutoClose},
		{"attachment_bytes", c.AttachmentBytes, 1, 10 << 30},
		{"commands_per_second", c.CommandsPerSecond, 1, 100_000},
		{"burst", c.Burst, 1, 1_000_000},
	} {
		if n.value != nil && (*n.value < n.from || *n.value > n.to) {
			p.At("/limits/"+n.name, fmt.Sprintf("must be %d to %d", n.from, n.to))
		}
	}
	if c.AttachmentTypes != nil {
		checkTypes(p, *c.AttachmentTypes)
	}
}

func checkTypes(p *domain.Problems, types []string) {
	const pointer = "/limits/attachment_types"
	if len(types) > maxTypes {
		p.At(pointer, "must be at most 100")
		return
	}
	for i, t := range types {
		if !isMediaRange(t) {
			p.At(fmt.Sprintf("%s/%d", pointer, i), "must be a media type such as application/pdf, or image/* or */*")
		}
	}
}

// isMediaRange reports whether the text is a media type in lower case without
// parameters, or a star in place of its second half or of both.
func isMediaRange(text string) bool {
	kind, detail, both := strings.Cut(text, "/")
	if !both || len(text) > 127 || kind == "*" && detail != "*" {
		return false
	}
	return (kind == "*" || isToken(kind)) && (detail == "*" || isToken(detail))
}

func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$&^_.+-", r))
	})
}
