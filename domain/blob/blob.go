// Package blob is the port to where the content of files is kept, apart from the
// log, and to what looks for viruses in it.
package blob

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"
)

// Errors of a store; others are faults of the caller's reader, or of ours.
var (
	// ErrNotFound says that there is no blob of that id.
	ErrNotFound = errors.New("blob is not there")
	// ErrUnavailable says that the store, or the scanner, cannot do it now.
	ErrUnavailable = errors.New("blob store is not available")
	// ErrFull says that the store keeps what is left of its disk free.
	ErrFull = errors.New("blob store takes nothing more: its disk has less free than is to be kept")
)

// Store keeps blobs by id. All methods are safe for concurrent use, and all
// memory that they use is bounded, however large a blob is.
type Store interface {
	// Room returns an error that wraps ErrFull while nothing more is taken. It is
	// asked before anything is done about a blob; Write fails with it too.
	Room(ctx context.Context) error
	// Write stores the content as the blob, once and whole: when it returns nil
	// the blob survives a crash of the machine, and until then nothing can be
	// opened. An error of content is returned wrapped. After any error parts of
	// the blob may be left, which Remove takes away.
	Write(ctx context.Context, id uuid.UUID, content io.Reader) error
	// Open returns the content. Reading it fails with an error that wraps
	// ErrUnavailable or, when it was removed meanwhile, perhaps ErrNotFound.
	Open(ctx context.Context, id uuid.UUID) (io.ReadSeekCloser, error)
	// Remove takes the blob away, with what a failed Write left of it. One that
	// is not there is no error.
	Remove(ctx context.Context, id uuid.UUID) error
}

// Scanner looks for viruses and the like.
type Scanner interface {
	// Scan reads the content to its end and returns what was found in it, as the
	// scanner calls it, or "" for clean. Whatever keeps it from saying so is an
	// error that wraps ErrUnavailable: never clean by default.
	Scan(ctx context.Context, content io.Reader) (finding string, err error)
}
