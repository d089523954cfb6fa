package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

// maxSocketPath is what the address of a Unix socket may measure, in bytes.
const maxSocketPath = 100

// socketName is the operator's socket in a data folder: whoever may open it, by
// the folder's permissions, operates the server and needs no token.
const socketName = "operator.sock"

// withSocket calls use with an address of the folder's socket that is short
// enough, however long the folder's path is.
func withSocket(dir string, use func(address string) error) error {
	path := filepath.Join(dir, socketName)
	if len(path) <= maxSocketPath {
		return use(path)
	}
	opened, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open data folder: %w", err)
	}
	defer opened.Close()
	return use("/proc/self/fd/" + strconv.Itoa(int(opened.Fd())) + "/" + socketName)
}

// listenForOperator listens on the folder's socket, whose lock the caller holds:
// a socket that is there already was left by a server that was killed.
func listenForOperator(dir string) (listener net.Listener, err error) {
	err = withSocket(dir, func(address string) error {
		if err := os.Remove(address); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove old socket: %w", err)
		}
		if listener, err = net.Listen("unix", address); err != nil {
			return fmt.Errorf("listen for the operator: %w", err)
		}
		return os.Chmod(address, 0o600)
	})
	return listener, err
}

// server is a running server as the operator's commands reach it.
type server struct {
	client *http.Client
	url    string
	token  string // none over the socket
}

// operatorOf returns the server that holds the folder.
func operatorOf(dir string) server {
	dial := func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		err = withSocket(dir, func(address string) error {
			conn, err = (&net.Dialer{}).DialContext(ctx, "unix", address)
			return err
		})
		return conn, err
	}
	return server{client: &http.Client{Transport: &http.Transport{DialContext: dial}}, url: "http://operator"}
}

// do sends a request and returns its answer, also one that refuses.
func (s server) do(req *http.Request) (*http.Response, error) {
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	return s.client.Do(req)
}
