// Package scanner asks a virus scanner that runs elsewhere: clamd by its INSTREAM
// command over TCP or a socket of this machine, or anything behind a hook over
// HTTP. Content is streamed; what is not an answer is an error, never clean.
package scanner

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"parley/domain/blob"
)

// patience is how long a scanner may take for the next bytes, or for its answer.
const patience = time.Minute

// Open returns the scanner at an address: tcp://host:3310 or unix:///path of a
// clamd, or http(s)://host/path of a hook. It connects to nothing. An error says
// what is wrong with the address.
func Open(address string) (blob.Scanner, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is no address")
	}
	switch {
	case u.Scheme == "tcp" && u.Port() != "" && u.Path == "":
		return clamd{network: "tcp", address: u.Host}, nil
	case u.Scheme == "unix" && u.Host == "" && u.Path != "":
		return clamd{network: "unix", address: u.Path}, nil
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		return newHook(address), nil
	}
	return nil, errors.New("must be tcp://host:port, unix:///path or http(s)://host/path")
}

func unavailable(action string, err error) error {
	return fmt.Errorf("%s: %w: %w", action, blob.ErrUnavailable, err)
}
