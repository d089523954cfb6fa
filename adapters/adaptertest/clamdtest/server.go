// Package clamdtest is a scanner in the test's process that speaks clamd's
// INSTREAM over a real socket, and finds EICAR's harmless test file.
package clamdtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// Eicar is the test file that every scanner finds. It is in two parts so that no
// scanner of a developer's machine finds this source.
const Eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// Server is a running scanner.
type Server struct {
	// Address is where it listens, as a setting: tcp://… or unix://….
	Address string

	limit   atomic.Int64
	broken  atomic.Bool
	scanned atomic.Int64
}

// Start runs a scanner on a network, "tcp" or "unix", until the test ends. A
// socket's path is made from dir.
func Start(t testing.TB, network, dir string) *Server {
	t.Helper()
	at := "127.0.0.1:0"
	if network == "unix" {
		at = dir + "/clamd"
	}
	listener, err := net.Listen(network, at)
	if err != nil {
		t.Fatalf("listen as a scanner: %v", err)
	}
	s := &Server{Address: network + "://" + listener.Addr().String()}
	s.limit.Store(25 << 20)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	t.Cleanup(func() { listener.Close(); <-ended })
	return s
}

// SetBroken makes it hang up in the middle of a scan, or no longer.
func (s *Server) SetBroken(broken bool) { s.broken.Store(broken) }

// SetLimit sets how much it takes at most.
func (s *Server) SetLimit(bytes int64) { s.limit.Store(bytes) }

// Scanned returns how many files it has seen to their end.
func (s *Server) Scanned() int64 { return s.scanned.Load() }

func (s *Server) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if command, err := in.ReadString(0); err != nil || command != "zINSTREAM\x00" {
		fmt.Fprint(conn, "UNKNOWN COMMAND\x00")
		return
	}
	if answer := s.scan(in); answer != "" {
		fmt.Fprint(conn, answer+"\x00")
	}
}

// scan returns the answer, or "" for none.
func (s *Server) scan(in io.Reader) string {
	var content strings.Builder
	for {
		var size uint32
		if err := binary.Read(in, binary.BigEndian, &size); err != nil || s.broken.Load() {
			return ""
		}
		if size == 0 {
			break
		}
		if int64(content.Len())+int64(size) > s.limit.Load() {
			return "INSTREAM size limit exceeded. ERROR"
		}
		if _, err := io.CopyN(&content, in, int64(size)); err != nil {
			return ""
		}
	}
	s.scanned.Add(1)
	if strings.Contains(content.String(), Eicar) {
		return "stream: Eicar-Test-Signature FOUND"
	}
	return "stream: OK"
}
