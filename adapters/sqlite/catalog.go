package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
)

const catalogName = "catalog.json"

// catalog says which file holds which schema. Only save makes a change last.
type catalog struct {
	dir string
	// Next numbers the next file; numbers are never used again.
	Next int64 `json:"next"`
	// Files has the name of the file of each schema.
	Files map[string]string `json:"files"`
}

// ownFile matches the names of the files that this package makes.
var ownFile = regexp.MustCompile(`^([a-z][a-z0-9_]*-[0-9]+\.db)(-wal|-shm|-journal)?$`)

func openCatalog(dir string, logger *slog.Logger) (*catalog, error) {
	c := &catalog{dir: dir, Next: 1, Files: map[string]string{}}
	path := filepath.Join(dir, catalogName)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read the catalog of the read models: %w", err)
	default:
		if err := json.Unmarshal(text, c); err != nil {
			return nil, fmt.Errorf("the catalog %s is damaged; delete its folder and the read models are built again: %w", path, err)
		}
	}
	maps.DeleteFunc(c.Files, func(schema, file string) bool {
		if _, err := os.Stat(c.path(file)); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
		logger.Warn("file of a read model is missing", "schema", schema, "file", file)
		return true
	})
	return c, c.removeOrphans(logger)
}

// removeOrphans deletes the files of this package that no schema has.
func (c *catalog) removeOrphans(logger *slog.Logger) error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return fmt.Errorf("list the folder of the read models: %w", err)
	}
	known := map[string]bool{}
	for _, file := range c.Files {
		known[file] = true
	}
	for _, entry := range entries {
		name := ownFile.FindStringSubmatch(entry.Name())
		if name == nil || known[name[1]] {
			continue
		}
		logger.Info("deleting a left-over file of the read models", "file", entry.Name())
		if err := os.Remove(filepath.Join(c.dir, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete a left-over file: %w", err)
		}
	}
	return nil
}

func (c *catalog) path(file string) string { return filepath.Join(c.dir, file) }

// newFile names a file that never was.
func (c *catalog) newFile(schema string) string {
	file := fmt.Sprintf("%s-%d.db", schema, c.Next)
	c.Next++
	return file
}

// change edits the files and saves; when that fails nothing has changed.
func (c *catalog) change(edit func(files map[string]string)) error {
	next := &catalog{dir: c.dir, Next: c.Next, Files: maps.Clone(c.Files)}
	edit(next.Files)
	if err := next.save(); err != nil {
		return fmt.Errorf("save the catalog: %w", err)
	}
	c.Files = next.Files
	return nil
}

// save replaces the catalog on disk in one step that lasts.
func (c *catalog) save() error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	target := c.path(catalogName)
	if err := writeSynced(target+".new", text); err != nil {
		return err
	}
	if err := os.Rename(target+".new", target); err != nil {
		return err
	}
	return syncDir(c.dir)
}

func writeSynced(path string, text []byte) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
