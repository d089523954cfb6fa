package eventstore

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// latecomers is how long other seeds have to answer once one has.
const latecomers = 50 * time.Millisecond

// seeds are the configurations for the servers that the connection string names,
// each by itself. A name to discover stands for itself, since a certificate may be
// for it alone, and for each address that it has.
func (s *Store) seeds() (seeds []esdb.Configuration) {
	conf, ends := s.client, s.client.GossipSeeds
	if len(ends) == 0 && !conf.DnsDiscover {
		return append(seeds, conf)
	}
	if len(ends) == 0 {
		ends = resolve(s.ctx, conf.Address)
	}
	for _, end := range ends {
		conf.DnsDiscover, conf.GossipSeeds = false, []*esdb.EndPoint{end}
		seeds = append(seeds, conf)
	}
	return seeds
}

// resolve returns a name and, if it has several, its addresses.
func resolve(ctx context.Context, address string) []*esdb.EndPoint {
	host, text, _ := net.SplitHostPort(address)
	number, _ := strconv.ParseUint(text, 10, 16) // the client has parsed it
	port := uint16(number)
	ends := []*esdb.EndPoint{{Host: host, Port: port}}
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil || len(addresses) < 2 {
		return ends
	}
	for _, a := range addresses {
		if strings.Contains(a, ":") {
			a = "[" + a + "]"
		}
		ends = append(ends, &esdb.EndPoint{Host: a, Port: port})
	}
	return ends
}

// reply is what probing a seed came to.
type reply struct {
	seed esdb.Configuration
	err  error
}

// probe asks all seeds at the same time and returns the configuration of a client
// of those that answered, so that a dead one holds nobody up.
func (s *Store) probe() (esdb.Configuration, error) {
	seeds := s.seeds()
	replies := make(chan reply, len(seeds))
	for _, seed := range seeds {
		go func() { replies <- reply{seed, probeSeed(seed)} }()
	}
	alive, err := s.gather(replies, len(seeds))
	if len(alive) == 0 {
		return esdb.Configuration{}, fmt.Errorf("probe event store: %w", err)
	}
	return together(alive), nil
}

// gather returns the seeds that answer: once one has, the others have a moment.
func (s *Store) gather(replies <-chan reply, seeds int) (alive []esdb.Configuration, failed error) {
	var enough <-chan time.Time
	for range seeds {
		select {
		case r := <-replies:
			if r.err != nil {
				failed = worse(failed, r.err)
				continue
			}
			if alive = append(alive, r.seed); enough == nil {
				enough = time.After(latecomers)
			}
		case <-enough:
			return alive, nil
		case <-s.ctx.Done():
			return nil, context.Cause(s.ctx)
		}
	}
	return alive, failed
}

// worse is the error that says more: a refusal, or else the first.
func worse(known, other error) error {
	if known == nil {
		return other
	}
	_, refused := refusalOf(known)
	if _, refuses := refusalOf(other); refuses && !refused {
		return other
	}
	return known
}

// together is the configuration of a client of several seeds.
func together(seeds []esdb.Configuration) esdb.Configuration {
	conf := seeds[0]
	for _, seed := range seeds[1:] {
		conf.GossipSeeds = append(conf.GossipSeeds, seed.GossipSeeds...)
	}
	return conf
}

// probeSeed looks for a server with a client of its own. It ends by the client's
// own timeouts, which may be after the store is closed.
func probeSeed(seed esdb.Configuration) error {
	client, err := esdb.NewClient(probing(seed))
	if err != nil {
		return fmt.Errorf("open client: %w", err)
	}
	_, err = client.GetServerVersion()
	_ = client.Close() // this goroutine is its only user
	if err != nil && seed.DisableTLS && hungUp(err) && speaksTLS(addressOf(seed)) {
		err = fmt.Errorf("%w: %w", errSpeaksTLS, err)
	}
	return err
}

// errSpeaksTLS says why a server hangs up on a client without TLS.
var errSpeaksTLS = errors.New("server speaks TLS")

// hungUp reports whether the server took the connection and then closed it.
func hungUp(err error) bool { return strings.Contains(err.Error(), "error reading server preface") }

// addressOf is the address of a seed.
func addressOf(seed esdb.Configuration) string {
	if len(seed.GossipSeeds) > 0 {
		return seed.GossipSeeds[0].String()
	}
	return seed.Address
}

// speaksTLS reports whether a server answers TLS. Whose certificate it shows does
// not matter: nothing is said to it.
func speaksTLS(address string) bool {
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: time.Second}, Config: &tls.Config{InsecureSkipVerify: true}}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
