package blobs_test

import (
	"bytes"
	"errors"
	"math"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/blobs"
	"parley/domain/blob"
)

func TestFolder_takes_nothing_below_its_reserve_and_gives_and_removes_all_the_same(t *testing.T) {
	t.Parallel()
	dir, id := t.TempDir(), uuid.New()
	roomy, err := blobs.Open(blobs.Config{Place: dir, Reserve: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(roomy.Room(t.Context()), roomy.Write(t.Context(), id, bytes.NewReader(make([]byte, 3<<20)))); err != nil {
		t.Fatal(err)
	}
	full, err := blobs.Open(blobs.Config{Place: dir, Reserve: math.MaxInt64})
	if err != nil {
		t.Fatal(err)
	}
	if err := full.Room(t.Context()); !errors.Is(err, blob.ErrFull) {
		t.Errorf("room: %v", err)
	}
	refused := uuid.New()
	if err := full.Write(t.Context(), refused, bytes.NewReader([]byte("more"))); !errors.Is(err, blob.ErrFull) {
		t.Errorf("write: %v", err)
	}
	content, err := full.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	content.Close()
	if err := errors.Join(full.Remove(t.Context(), id), full.Remove(t.Context(), refused)); err != nil {
		t.Errorf("remove: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*", "*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}
