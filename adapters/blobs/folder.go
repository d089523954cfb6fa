package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"parley/domain/blob"
)

// partSuffix marks what is being written, or was when the machine stopped.
const partSuffix = ".part"

// Folder keeps blobs as files of one folder. It implements blob.Store.
type Folder struct {
	dir     string
	reserve int64 // bytes of the disk that are kept free
}

// NewFolder returns the store in the folder, which is made when it is missing.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of blobs: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// path spreads blobs over 256 folders by the last two digits of their ids, which
// are random in every version of ids.
func (f *Folder) path(id uuid.UUID) string {
	name := id.String()
	return filepath.Join(f.dir, name[len(name)-2:], name)
}

// Write implements blob.Store.
func (f *Folder) Write(ctx context.Context, id uuid.UUID, content io.Reader) error {
	path := f.path(id)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return unavailable("make folder", err)
	}
	file, err := os.OpenFile(path+partSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return unavailable("create blob", err)
	}
	defer file.Close()
	if err := fill(ctx, &sparing{folder: f, to: file}, content); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return unavailable("sync blob", err)
	}
	if err := os.Rename(path+partSuffix, path); err != nil {
		return unavailable("name blob", err)
	}
	return f.syncFolders(filepath.Dir(path))
}

// syncFolders makes a new name survive, and that of its folder.
func (f *Folder) syncFolders(inner string) error {
	for _, dir := range []string{inner, f.dir} {
		if err := syncFolder(dir); err != nil {
			return unavailable("sync folder", err)
		}
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fill copies the content, and tells a reader that fails from a disk that does.
func fill(ctx context.Context, file io.Writer, content io.Reader) error {
	source := &source{ctx: ctx, r: content}
	if _, err := io.Copy(file, source); err != nil {
		if source.err != nil {
			return fmt.Errorf("read content: %w", source.err)
		}
		return unavailable("write blob", err)
	}
	return nil
}

// Open implements blob.Store.
func (f *Folder) Open(_ context.Context, id uuid.UUID) (io.ReadSeekCloser, error) {
	file, err := os.Open(f.path(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("open blob %s: %w", id, blob.ErrNotFound)
	case err != nil:
		return nil, unavailable("open blob", err)
	}
	return opened{file}, nil
}

// opened reads a file of the folder.
type opened struct{ *os.File }

// Read implements io.Reader.
func (o opened) Read(b []byte) (int, error) {
	n, err := o.File.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unavailable("read blob", err)
	}
	return n, err
}

// WriteTo hides that of the file, which would go past Read.
func (o opened) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{o})
}

// Remove implements blob.Store.
func (f *Folder) Remove(_ context.Context, id uuid.UUID) error {
	path := f.path(id)
	for _, name := range []string{path + partSuffix, path} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unavailable("remove blob", err)
		}
	}
	if err := syncFolder(filepath.Dir(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable("sync folder", err)
	}
	return nil
}

func unavailable(action string, err error) error {
	return fmt.Errorf("%s: %w: %w", action, blob.ErrUnavailable, err)
}

// source is a content that is read while ctx lasts, and remembers why it could
// not be.
type source struct {
	ctx context.Context
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (s *source) Read(b []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
