package ndjson

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"parley/adapters/httpapi/strictjson"
	"parley/domain"
)

// MaxLine bounds one line, in bytes.
const MaxLine = 1 << 20

// CodeTooLarge is the code of a line above [MaxLine].
const CodeTooLarge domain.Code = "payload_too_large"

// lines reads one line after the other.
type lines struct {
	from   *bufio.Reader
	number int
	text   []byte // of the last line; reused
}

// newLines reads plain text, or gzip where the content begins as gzip does.
func newLines(r io.Reader) (*lines, error) {
	plain := bufio.NewReaderSize(r, 64<<10)
	if magic, err := plain.Peek(2); err != nil || !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return &lines{from: plain}, nil
	}
	unzipped, err := gzip.NewReader(plain)
	if err != nil {
		return nil, fmt.Errorf("open gzip: %w", err)
	}
	return &lines{from: bufio.NewReaderSize(unzipped, 64<<10)}, nil
}

// next returns the next line that is not blank, at io.EOF none. wrong says what
// is wrong with a line that cannot be used; err ends the file.
func (l *lines) next() (v strictjson.Value, wrong, err error) {
	for {
		tooLong, err := l.read()
		if err != nil {
			return v, nil, err
		}
		l.number++
		text := bytes.TrimSpace(l.text)
		switch {
		case tooLong:
			return v, domain.NewError(CodeTooLarge, "The line is longer than 1 MiB."), nil
		case len(text) > 0:
			v, err := strictjson.Parse(text)
			if err != nil {
				return v, &domain.Error{Code: domain.CodeMalformed, Message: "The line is not valid JSON.", Err: err}, nil
			}
			return v, nil, nil
		}
	}
}

// read fills text with the next line. A line that is too long is passed over to
// its end, and nothing of it is kept.
func (l *lines) read() (tooLong bool, err error) {
	l.text = l.text[:0]
	for {
		part, err := l.from.ReadSlice('\n')
		if !tooLong {
			l.text = append(l.text, part...)
		}
		if len(l.text) > MaxLine+1 {
			tooLong, l.text = true, l.text[:0]
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && (len(l.text) > 0 || tooLong):
			return tooLong, nil
		default:
			return tooLong, err
		}
	}
}
