package eventnode

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

const (
	manifestName   = "manifest.json"
	manifestFormat = 1
)

// Manifest says what a backup holds.
type Manifest struct {
	Format int       `json:"format"` // of the backup itself: 1
	First  uuid.UUID `json:"first_event"`
	Events int64     `json:"events"`
	// Head is the position of the last event, HeadHash its SHA-256, Digest the
	// SHA-256 of all events' checksums in order (four bytes each, little endian).
	Head     eventlog.Position `json:"head"`
	HeadHash string            `json:"head_hash"`
	Digest   string            `json:"digest"`
	// Covers is the moment before which every acknowledged append is in it.
	Covers time.Time `json:"covers"`
}

// tally counts events into a manifest.
type tally struct {
	manifest Manifest
	hash     hash.Hash
	last     Record
}

func (t *tally) add(records []Record) {
	var sum [4]byte
	for i := range records {
		if t.manifest.Events == 0 {
			t.manifest.First = records[i].ID
		}
		t.manifest.Events++
		binary.LittleEndian.PutUint32(sum[:], records[i].checksum())
		t.hash.Write(sum[:])
		t.last = records[i]
	}
}

func (t *tally) total() Manifest {
	m, head := t.manifest, t.last.digest()
	m.Format, m.Head = manifestFormat, t.last.Position
	m.HeadHash, m.Digest = hex.EncodeToString(head[:]), hex.EncodeToString(t.hash.Sum(nil))
	return m
}

// write writes the manifest into a folder and syncs it.
func (m Manifest) write(dir string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, manifestName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return syncDir(dir)
}

func readManifest(dir string) (m Manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, fmt.Errorf("it is not a whole backup: read manifest: %w", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("it is not a whole backup: read manifest: %w", err)
	}
	if m.Format != manifestFormat {
		return m, fmt.Errorf("the backup has format %d, this program knows %d: use a newer one", m.Format, manifestFormat)
	}
	return m, nil
}
