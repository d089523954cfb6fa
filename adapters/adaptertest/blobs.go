package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"parley/domain/blob"
)

// Blobs checks every guarantee of blob.Store against an implementation. Each
// sub-test calls open once, for an empty store.
func Blobs(t *testing.T, open func(t *testing.T) blob.Store) {
	t.Helper()
	for _, c := range blobCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, open(t))
		})
	}
}

var blobCases = []struct {
	name  string
	check func(t *testing.T, s blob.Store)
}{
	{"what is written is read", readsBack},
	{"reading begins anywhere", seeks},
	{"what is not there is not found, and removed without an error", absent},
	{"a content that fails is no blob, and the reader's own error", failing},
	{"a context that ends ends a write", cancelled},
	{"what is removed is gone, and nothing else", removes},
	{"many are written at once", together},
}

// blobSizes are nothing, a little, and what goes to some stores in parts.
var blobSizes = []int{0, 1, 5 << 20, 11<<20 + 7}

func someBytes(n int) []byte {
	b := make([]byte, n)
	random := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = random.Read(b)
	return b
}

func put(t *testing.T, s blob.Store, content []byte) uuid.UUID {
	t.Helper()
	id := uuid.New()
	// What hides the size is what an upload is.
	if err := s.Write(t.Context(), id, io.MultiReader(bytes.NewReader(content))); err != nil {
		t.Fatalf("write: %v", err)
	}
	return id
}

func readsBack(t *testing.T, s blob.Store) {
	for _, n := range blobSizes {
		content := someBytes(n)
		if got := readAll(t, s, put(t, s, content)); !bytes.Equal(got, content) {
			t.Errorf("%d bytes are read as %d others", n, len(got))
		}
	}
}

func readAll(t *testing.T, s blob.Store, id uuid.UUID) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), id)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return got
}

func seeks(t *testing.T, s blob.Store) {
	content := someBytes(6<<20 + 3)
	r, err := s.Open(t.Context(), put(t, s, content))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer r.Close()
	if end, err := r.Seek(0, io.SeekEnd); end != int64(len(content)) || err != nil {
		t.Errorf("the end is at %d, error %v", end, err)
	}
	for _, at := range []int{4 << 20, 0, len(content) - 1, 17} {
		got := make([]byte, min(100, len(content)-at))
		if _, err := r.Seek(int64(at), io.SeekStart); err != nil {
			t.Fatalf("seek %d: %v", at, err)
		}
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, content[at:at+len(got)]) {
			t.Errorf("at %d other bytes are read, error %v", at, err)
		}
	}
}

func absent(t *testing.T, s blob.Store) {
	if _, err := s.Open(t.Context(), uuid.New()); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if err := s.Remove(t.Context(), uuid.New()); err != nil {
		t.Errorf("remove: %v", err)
	}
}

var errContent = errors.New("the client hung up")

// brokenReader yields some bytes and then an error.
type brokenReader struct{ left int }

func (b *brokenReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errContent
	}
	n := min(len(p), b.left)
	b.left -= n
	return n, nil
}

func failing(t *testing.T, s blob.Store) {
	for _, n := range blobSizes {
		id := uuid.New()
		if err := s.Write(t.Context(), id, &brokenReader{n}); !errors.Is(err, errContent) || errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("after %d bytes: %v", n, err)
		}
		if _, err := s.Open(t.Context(), id); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("after %d bytes it can be opened: %v", n, err)
		}
		if err := s.Remove(t.Context(), id); err != nil {
			t.Errorf("remove what is left of %d bytes: %v", n, err)
		}
	}
}

func cancelled(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	id := uuid.New()
	endless := readerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	})
	if err := s.Write(ctx, id, endless); !errors.Is(err, context.Canceled) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Open(t.Context(), id); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func removes(t *testing.T, s blob.Store) {
	gone, stays := put(t, s, []byte("gone")), put(t, s, []byte("stays"))
	for range 2 {
		if err := s.Remove(t.Context(), gone); err != nil {
			t.Fatalf("remove: %v", err)
		}
	}
	if _, err := s.Open(t.Context(), gone); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if got := readAll(t, s, stays); string(got) != "stays" {
		t.Errorf("the other one is %q", got)
	}
}

func together(t *testing.T, s blob.Store) {
	var group errgroup.Group
	for i := range 16 {
		group.Go(func() error {
			id, content := uuid.New(), someBytes(1000*i)
			if err := s.Write(t.Context(), id, bytes.NewReader(content)); err != nil {
				return err
			}
			r, err := s.Open(t.Context(), id)
			if err != nil {
				return err
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
				return errors.Join(errors.New("other bytes are read"), err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}
