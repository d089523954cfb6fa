package blobs_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/adaptertest"
	"parley/adapters/adaptertest/s3test"
	"parley/adapters/blobs"
	"parley/domain/blob"
)

func open(t *testing.T, place string) blob.Store {
	t.Helper()
	s, err := blobs.Open(blobs.Config{Place: place, AccessKey: "key", SecretKey: "secret"})
	if err != nil {
		t.Fatalf("open %s: %v", place, err)
	}
	return s
}

func TestFolder_keeps_blobs(t *testing.T) {
	t.Parallel()
	adaptertest.Blobs(t, func(t *testing.T) blob.Store { return open(t, filepath.Join(t.TempDir(), "new", "blobs")) })
}

func TestBucket_keeps_blobs(t *testing.T) {
	t.Parallel()
	adaptertest.Blobs(t, func(t *testing.T) blob.Store { return open(t, s3test.Start(t).Place("one/two")) })
}

// files are the paths of all files under a folder.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFolder_keeps_nothing_of_what_failed_once_it_is_removed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, id := open(t, dir), uuid.New()
	hangsUp := io.MultiReader(strings.NewReader("half"), &failing{})
	if err := s.Write(t.Context(), id, hangsUp); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("write: %v", err)
	}
	if err := s.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("there is %v", left)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestFolder_is_for_its_owner_alone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "blobs")
	s := open(t, dir)
	if err := s.Write(t.Context(), uuid.New(), strings.NewReader("secret")); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files(t, dir), dir) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, error %v", path, info.Mode(), err)
		}
	}
}

func TestFolder_that_cannot_be_written_is_not_available(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, id := open(t, dir), uuid.New()
	blocked := filepath.Join(dir, id.String()[34:])
	if err := os.WriteFile(blocked, nil, 0o600); err != nil { // where the folder of the blob should be
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), id, strings.NewReader("x")); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("write: %v", err)
	}
}

func TestFolder_holds_little_of_a_large_blob_in_memory(t *testing.T) { // not parallel: it measures
	s, id := open(t, t.TempDir()), uuid.New()
	const size = 256 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := s.Write(t.Context(), id, io.LimitReader(zeros{}, size)); err != nil {
		t.Fatal(err)
	}
	r, err := s.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, r)
	runtime.ReadMemStats(&after)
	if n != size || err != nil {
		t.Fatalf("%d bytes, error %v", n, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
		t.Errorf("%d bytes were allocated on the way", took)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestBucket_sends_a_large_blob_in_parts(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	s := open(t, server.Place(""))
	id := uuid.New()
	content := bytes.Repeat([]byte("0123456789abcdef"), 2<<20)
	if err := s.Write(t.Context(), id, io.MultiReader(bytes.NewReader(content))); err != nil {
		t.Fatal(err)
	}
	if largest := server.LargestRequest(); largest > 6<<20 {
		t.Errorf("%d bytes came at once", largest)
	}
	if keys := server.Keys(t); len(keys) != 1 || keys[0] != id.String() {
		t.Errorf("objects are %v", keys)
	}
}

func TestBucket_that_does_not_answer_is_not_available(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	s := open(t, server.Place("p/"))
	id := uuid.New()
	if err := s.Write(t.Context(), id, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	server.SetDown(true)
	_, opening := s.Open(t.Context(), id)
	for what, err := range map[string]error{
		"write": s.Write(t.Context(), uuid.New(), strings.NewReader("x")), "open": opening, "remove": s.Remove(t.Context(), id),
	} {
		if !errors.Is(err, blob.ErrUnavailable) || errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	server.SetDown(false)
	r, err := s.Open(t.Context(), id)
	if err != nil {
		t.Fatalf("open when it answers again: %v", err)
	}
	r.Close()
}

func TestOpen_refuses_what_is_no_place(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"s3://", "gs://bucket", "s3://key:secret@bucket", "s3://bucket?secret=x", "s3://bucket?endpoint=a/b"} {
		if _, err := blobs.Open(blobs.Config{Place: place}); err == nil || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: %v", place, err)
		}
	}
}

func TestOpenVerified_names_damage_and_never_hands_it_out(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, id := open(t, dir), uuid.New()
	const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // of abc
	if err := s.Write(t.Context(), id, strings.NewReader("abc")); err != nil {
		t.Fatal(err)
	}
	r, err := blob.OpenVerified(t.Context(), s, id, 3, digest)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != "abc" || err != nil {
		t.Errorf("read %q, error %v", got, err)
	}
	r.Close()
	for _, content := range []string{"abd", "ab", "abcd", ""} {
		if err := os.WriteFile(files(t, dir)[0], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := blob.OpenVerified(t.Context(), s, id, 3, digest)
		if damage, ok := errors.AsType[*blob.DamageError](err); !ok || damage.Blob != id {
			t.Errorf("%q: %v", content, err)
		}
	}
}
