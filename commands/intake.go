package commands

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"parley/domain"
)

// intake is a content on its way in: counted, hashed and cut off behind a limit,
// never held. Its first error stays in err, so that it can be told from the
// store's.
type intake struct {
	from  io.Reader
	limit int64
	size  int64
	hash  hash.Hash
	err   error
}

func newIntake(from io.Reader, limit int64) *intake {
	return &intake{from: from, limit: limit, hash: sha256.New()}
}

var errTooLarge = domain.NewError(domain.CodeTooLarge, "The file is larger than files may be here; send a smaller one.")

// Read implements io.Reader.
func (i *intake) Read(b []byte) (int, error) {
	if i.err != nil {
		return 0, i.err
	}
	n, err := i.from.Read(b)
	i.size += int64(n)
	i.hash.Write(b[:n])
	switch {
	case i.size > i.limit:
		i.err = errTooLarge
		return 0, i.err
	case err != nil && !errors.Is(err, io.EOF):
		i.err = &domain.Error{Code: domain.CodeMalformed, Message: "The file did not arrive whole; send it again.", Err: err}
		return n, i.err
	}
	return n, err
}

// head reads the beginning of the content, at most so many bytes.
func (i *intake) head(atMost int) ([]byte, error) {
	head := make([]byte, atMost)
	n, err := io.ReadFull(i, head)
	switch {
	case i.err != nil:
		return nil, i.err
	case n == 0:
		return nil, errNoContent
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, err
	}
	return head[:n], nil
}

// digest is the SHA-256 of what was read, in hex.
func (i *intake) digest() string { return hex.EncodeToString(i.hash.Sum(nil)) }
