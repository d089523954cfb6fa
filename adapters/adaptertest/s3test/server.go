// Package s3test is a real S3 server in the test's process, which can go down and
// lose or change what it keeps.
package s3test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// bucket is the only one of a server.
const bucket = "parley-files"

// Server is a running S3 server with one bucket.
type Server struct {
	http    *httptest.Server
	backend *s3mem.Backend
	down    atomic.Bool
	largest atomic.Int64
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{backend: s3mem.New()}
	if err := s.backend.CreateBucket(bucket); err != nil {
		t.Fatalf("create bucket: %v", err)
	}
	store := gofakes3.New(s.backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		for largest := s.largest.Load(); r.ContentLength > largest && !s.largest.CompareAndSwap(largest, r.ContentLength); {
			largest = s.largest.Load()
		}
		store.ServeHTTP(w, r)
	}))
	t.Cleanup(s.http.Close)
	return s
}

// Place returns the server's bucket as settings name it, under a prefix.
func (s *Server) Place(prefix string) string {
	return "s3://" + bucket + "/" + prefix + "?region=us-east-1&insecure=true&endpoint=" + strings.TrimPrefix(s.http.URL, "http://")
}

// SetDown makes every request fail, or no longer.
func (s *Server) SetDown(down bool) { s.down.Store(down) }

// LargestRequest returns the size of the largest body that came at once.
func (s *Server) LargestRequest() int64 { return s.largest.Load() }

// Keys returns the keys of all objects.
func (s *Server) Keys(t testing.TB) (keys []string) {
	t.Helper()
	list, err := s.backend.ListBucket(bucket, nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatalf("list bucket: %v", err)
	}
	for _, o := range list.Contents {
		keys = append(keys, o.Key)
	}
	return keys
}

// Damage changes the last byte of an object.
func (s *Server) Damage(t testing.TB, key string) {
	t.Helper()
	object, err := s.backend.GetObject(bucket, key, nil)
	if err != nil {
		t.Fatalf("read object: %v", err)
	}
	content, err := io.ReadAll(object.Contents)
	if err != nil {
		t.Fatalf("read object: %v", err)
	}
	content[len(content)-1] ^= 1
	if _, err := s.backend.PutObject(bucket, key, map[string]string{}, bytes.NewReader(content), int64(len(content)), nil); err != nil {
		t.Fatalf("write object: %v", err)
	}
}
