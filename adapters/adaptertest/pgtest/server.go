package pgtest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Server is a running PostgreSQL in a temporary folder.
type Server struct {
	bin, dir string
	port     int
	as       *syscall.SysProcAttr
	guard    func()
	process  *exec.Cmd
}

// launch makes a server: finds the binaries, initialises and starts it.
func launch() (*Server, error) {
	bin, err := findBinaries()
	if err != nil {
		return nil, err
	}
	server := &Server{bin: bin, as: unprivileged()}
	if server.dir, err = server.makeDir(); err != nil {
		return nil, err
	}
	if server.guard, err = startGuard(server.dir, server.as); err != nil {
		return nil, err
	}
	if err := server.initialise(); err != nil {
		server.guard()
		return nil, err
	}
	if err := server.boot(); err != nil {
		server.guard()
		return nil, err
	}
	return server, nil
}

// Port is the server's port on 127.0.0.1; it stays the same across restarts.
func (s *Server) Port() int { return s.port }

// Stop ends the server in an orderly way: sessions are cut, all is written.
func (s *Server) Stop(tb testing.TB) { s.end(tb, syscall.SIGINT) }

// Kill ends the server at once, as a crash would; the next start recovers.
func (s *Server) Kill(tb testing.TB) { s.end(tb, syscall.SIGQUIT) }

// Restart starts a server that was stopped or killed, on the same port.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	if err := s.run(); err != nil {
		tb.Fatalf("restart PostgreSQL: %v", err)
	}
}

func (s *Server) end(tb testing.TB, signal syscall.Signal) {
	tb.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		tb.Fatalf("stop PostgreSQL: %v", err)
	}
	if !s.awaitEnd() {
		tb.Fatal("PostgreSQL does not stop")
	}
}

// awaitEnd waits until the process has ended. It polls instead of keeping a
// goroutine for that, which would look like a leak of the tests.
func (s *Server) awaitEnd() bool {
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-poll.C {
		if s.ended() {
			return true
		}
	}
	return false
}

// ended reports whether the process has ended, or was never there.
func (s *Server) ended() bool {
	pid, err := syscall.Wait4(s.process.Process.Pid, nil, syscall.WNOHANG, nil)
	return pid != 0 && !errors.Is(err, syscall.EINTR)
}

// remove stops the server and deletes its folder.
func (s *Server) remove() {
	_ = s.process.Process.Signal(syscall.SIGQUIT)
	s.awaitEnd()
	s.guard()
}

func (s *Server) adminURL() string {
	query := url.Values{"host": {s.dir}, "port": {strconv.Itoa(s.port)}, "user": {"postgres"}}
	return "postgres:///postgres?" + query.Encode()
}

// makeDir creates the folder and gives it to the user that the server runs as.
// Its path is short because that of a socket has at most 107 bytes.
func (s *Server) makeDir() (string, error) {
	dir, err := os.MkdirTemp("", "parley-pg-")
	if err != nil {
		return "", fmt.Errorf("create the server's folder: %w", err)
	}
	if s.as.Credential != nil {
		err = os.Chown(dir, int(s.as.Credential.Uid), int(s.as.Credential.Gid))
	}
	return dir, err
}

// initialise tries a linguistic default collation first, which servers before
// version 15 do not offer.
func (s *Server) initialise() error {
	base := []string{
		"--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8",
		"-D", filepath.Join(s.dir, "data"),
	}
	linguistic := []string{"--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"}
	if s.command("initdb", append(linguistic, base...)...).Run() == nil {
		return nil
	}
	output, err := s.command("initdb", append(base, "--locale=C")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, output)
	}
	return nil
}

// boot starts the server on a free port; another process may take that port
// between the look and the start, so it tries a few.
func (s *Server) boot() (err error) {
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.run(); err == nil {
			return nil
		}
	}
	return err
}

func (s *Server) run() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := s.command(
		"postgres", "-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "max_connections=200",
	)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run postgres: %w", err)
	}
	s.process = cmd
	return s.awaitReady()
}

func (s *Server) awaitReady() error {
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-poll.C {
		if execute(s.adminURL(), "select 1") == nil {
			return nil
		}
		if s.ended() {
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("postgres ended at once: %s", text)
		}
	}
	return errors.New("postgres does not answer")
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.SysProcAttr, cmd.Dir = s.as, s.dir
	return cmd
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
