package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/google/uuid"
)

// DamageError says that a blob is not what was stored.
type DamageError struct {
	Blob uuid.UUID
	What string
}

// Error implements error.
func (e *DamageError) Error() string { return "blob " + e.Blob.String() + " is damaged: " + e.What }

// OpenVerified opens a blob after having read all of it: it has that size and
// SHA-256 (in hex). Errors: those of [Store.Open], and a *[DamageError], also
// where it is missing.
func OpenVerified(ctx context.Context, s Store, id uuid.UUID, size int64, digest string) (io.ReadSeekCloser, error) {
	content, err := s.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := verify(content, id, size, digest); err != nil {
		content.Close()
		return nil, err
	}
	return content, nil
}

func verify(content io.ReadSeeker, id uuid.UUID, size int64, digest string) error {
	h := sha256.New()
	n, err := io.Copy(h, content)
	switch {
	case err != nil:
		return fmt.Errorf("read blob %s: %w", id, err)
	case n != size:
		return &DamageError{id, fmt.Sprintf("it has %d bytes, not %d", n, size)}
	case hex.EncodeToString(h.Sum(nil)) != digest:
		return &DamageError{id, "its SHA-256 is another one"}
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read blob %s: %w", id, err)
	}
	return nil
}
