package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// announcement is what a child says once it listens, before its address; the
// embedded event store alone says invitation.
const (
	announcement = "listens on "
	invitation   = "clients: esdb://"
)

// serveChild serves on a free port of this machine, says which, and ends when
// the standard input does.
func serveChild(ctx context.Context, serve func(net.Listener) error) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Printf("%s%s\n", announcement, listener.Addr())
	ended := make(chan error, 2)
	go func() { ended <- serve(listener) }()
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// child starts this program as one of its children on a folder of its own and
// returns its address.
func (l *lab) child(name string) (string, error) {
	dir, err := l.folder(name)
	if err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	kind, _, _ := strings.Cut(name, "-")
	return l.start(exec.Command(self, kind, dir))
}

// node starts the embedded event store alone, as the real program runs it, on a
// folder of its own, and returns its address.
func (l *lab) node(name string) (string, error) {
	dir, err := l.folder(name)
	if err != nil {
		return "", err
	}
	return l.start(exec.Command(l.parley, "node", "--data", dir, "--listen", "127.0.0.1:0", "--writable", "--log-level", "error"))
}

// start starts a process that announces its address, and stops it with the lab.
func (l *lab) start(cmd *exec.Cmd) (string, error) {
	address, _, err := l.launch(cmd)
	return address, err
}

// launch is start, but also returns how to stop the process before the lab does.
func (l *lab) launch(cmd *exec.Cmd) (address string, stop func(), err error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if cmd.Stderr == nil {
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	stop = sync.OnceFunc(func() {
		_ = stdin.Close()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	l.atClose(stop)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		for _, before := range []string{announcement, invitation} {
			if _, address, ok := strings.Cut(lines.Text(), before); ok {
				go func() { _, _ = io.Copy(io.Discard, stdout) }()
				address, _, _ = strings.Cut(strings.TrimPrefix(address, "http://"), "?")
				return address, stop, nil
			}
		}
	}
	return "", nil, fmt.Errorf("%s ended before it listened", cmd)
}
