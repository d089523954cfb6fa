package scanner

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// clamd speaks INSTREAM: chunks, each behind its length in four bytes, and an
// empty one at the end; then one line is the answer.
type clamd struct{ network, address string }

// chunkBytes is the size of a chunk; clamd takes up to StreamMaxLength in all.
const chunkBytes = 32 << 10

// maxAnswer bounds the line that is read as an answer.
const maxAnswer = 4 << 10

// Scan implements blob.Scanner.
func (c clamd) Scan(ctx context.Context, content io.Reader) (string, error) {
	dialer := net.Dialer{Timeout: patience}
	conn, err := dialer.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", unavailable("reach scanner", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	sent := send(ctx, conn, content)
	if sent != nil && !isOfConnection(sent) {
		return "", sent
	}
	// Also when it has hung up: it may have said why.
	answer, err := readAnswer(ctx, conn)
	if err != nil {
		return "", unavailable("ask scanner", errors.Join(sent, err))
	}
	finding, err := understand(answer)
	if err == nil && finding == "" && sent != nil {
		return "", unavailable("ask scanner", sent) // it has not seen everything
	}
	return finding, err
}

// connError is a failure of the connection, not of the content.
type connError struct{ error }

func isOfConnection(err error) bool {
	_, is := errors.AsType[connError](err)
	return is
}

func send(ctx context.Context, conn net.Conn, content io.Reader) error {
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return connError{err}
	}
	frame := make([]byte, 4+chunkBytes)
	for {
		n, err := content.Read(frame[4:])
		if n > 0 {
			if err := write(ctx, conn, frame, n); err != nil {
				return connError{err}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if err := write(ctx, conn, frame, 0); err != nil {
				return connError{err}
			}
			return nil
		case err != nil:
			return fmt.Errorf("read content to scan: %w", err)
		}
	}
}

// write sends n bytes of the frame behind their length.
func write(ctx context.Context, conn net.Conn, frame []byte, n int) error {
	binary.BigEndian.PutUint32(frame, uint32(n))
	if err := allow(ctx, conn); err != nil {
		return err
	}
	_, err := conn.Write(frame[:4+n])
	return err
}

// allow gives the scanner its time again, while ctx lasts.
func allow(ctx context.Context, conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	return ctx.Err()
}

func readAnswer(ctx context.Context, conn net.Conn) (string, error) {
	if err := allow(ctx, conn); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, maxAnswer)).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("read answer: %w", err)
	}
	return strings.TrimSuffix(line, "\x00"), nil
}

// understand reads "stream: OK", "stream: NAME FOUND" or "... ERROR".
func understand(answer string) (string, error) {
	said := strings.TrimSpace(strings.TrimPrefix(answer, "stream:"))
	if said == "OK" {
		return "", nil
	}
	if name, found := strings.CutSuffix(said, " FOUND"); found && name != "" {
		return name, nil
	}
	return "", unavailable("ask scanner", fmt.Errorf("it says %q", answer))
}
