package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"

	"parley/domain/blob"
)

// partBytes is the smallest part that S3 takes, and what a write holds in memory.
const partBytes = 5 << 20

// Bucket keeps blobs as objects of one bucket, which must be there. It implements
// blob.Store.
type Bucket struct {
	client *minio.Client
	name   string
	prefix string
}

func (b *Bucket) key(id uuid.UUID) string { return b.prefix + id.String() }

// Write implements blob.Store.
func (b *Bucket) Write(ctx context.Context, id uuid.UUID, content io.Reader) error {
	source := &source{ctx: ctx, r: content}
	first, err := io.ReadAll(io.LimitReader(source, partBytes))
	if err == nil {
		err = b.put(ctx, id, first, source)
	}
	switch {
	case source.err != nil:
		return fmt.Errorf("read content: %w", source.err)
	case err != nil:
		return unavailable("write blob", err)
	}
	return nil
}

// put sends what fits one part in one request, of which the size is known.
func (b *Bucket) put(ctx context.Context, id uuid.UUID, first []byte, rest io.Reader) error {
	// The digest of each part makes the store check what it got; signing the
	// content besides would wrap it in chunks, which not every store takes.
	options := minio.PutObjectOptions{
		ContentType: "application/octet-stream", PartSize: partBytes, SendContentMd5: true, DisableContentSha256: true,
	}
	if len(first) < partBytes {
		_, err := b.client.PutObject(ctx, b.name, b.key(id), bytes.NewReader(first), int64(len(first)), options)
		return err
	}
	all := io.MultiReader(bytes.NewReader(first), rest)
	_, err := b.client.PutObject(ctx, b.name, b.key(id), all, -1, options)
	return err
}

// Open implements blob.Store. It asks the store whether the blob is there.
func (b *Bucket) Open(ctx context.Context, id uuid.UUID) (io.ReadSeekCloser, error) {
	object, err := b.client.GetObject(ctx, b.name, b.key(id), minio.GetObjectOptions{})
	if err != nil {
		return nil, fromStore("open blob", err)
	}
	if _, err := object.Stat(); err != nil {
		return nil, errors.Join(fromStore("open blob", err), object.Close())
	}
	return fetched{object}, nil
}

// fetched reads an object.
type fetched struct{ *minio.Object }

// Read implements io.Reader.
func (f fetched) Read(b []byte) (int, error) {
	n, err := f.Object.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fromStore("read blob", err)
	}
	return n, err
}

// Remove implements blob.Store. S3 has no trace of an object's failed write but
// its parts.
func (b *Bucket) Remove(ctx context.Context, id uuid.UUID) error {
	if err := b.client.RemoveObject(ctx, b.name, b.key(id), minio.RemoveObjectOptions{}); err != nil {
		return unavailable("remove blob", err)
	}
	err := b.client.RemoveIncompleteUpload(ctx, b.name, b.key(id))
	if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchUpload {
		return unavailable("remove parts of blob", err)
	}
	return nil
}

// fromStore tells a blob that is not there from a store that does not answer.
func fromStore(action string, err error) error {
	answer := minio.ToErrorResponse(err)
	if answer.StatusCode == http.StatusNotFound && answer.Code == minio.NoSuchKey {
		return fmt.Errorf("%s: %w", action, blob.ErrNotFound)
	}
	return unavailable(action, err)
}
