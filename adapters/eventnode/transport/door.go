package transport

import (
	"crypto/tls"
	"fmt"
	"net"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// door is how a connection begins: with a handshake when a TLS listener accepted
// it, and at once otherwise. So one server has doors of both kinds.
type door struct {
	credentials.TransportCredentials
}

func newDoor() door { return door{insecure.NewCredentials()} }

// ServerHandshake implements credentials.TransportCredentials. The server has
// given the connection a deadline.
func (d door) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	secured, ok := conn.(*tls.Conn)
	if !ok {
		return d.TransportCredentials.ServerHandshake(conn)
	}
	if err := secured.Handshake(); err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("shake hands: %w", err)
	}
	return conn, credentials.TLSInfo{
		State:          secured.ConnectionState(),
		CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity},
	}, nil
}

// Clone implements credentials.TransportCredentials.
func (d door) Clone() credentials.TransportCredentials { return d }
