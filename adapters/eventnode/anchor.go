package eventnode

import (
	"fmt"

	"parley/adapters/direct"
)

// anchor is the connection that is opened first and closed last. It is read-only:
// the last connection that is not would move the write-ahead log into the main
// file and delete it, before or behind the witness's back. It has one user at a
// time: who opens the store, then the writer.
type anchor struct{ conn *direct.Conn }

// openAnchor opens the anchor and makes it read, which is what holds the files.
func openAnchor(file direct.File) (*anchor, error) {
	file.ReadOnly = true
	conn, err := file.Open("busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("open event log: %w", err)
	}
	return &anchor{conn}, nil
}

// int answers a question whose answer is one number.
func (a *anchor) int(question string) (int64, error) {
	stmt, err := a.conn.Prepare(question)
	if err != nil {
		return 0, err
	}
	defer stmt.Reset()
	if more, err := stmt.Next(); err != nil || !more {
		return 0, err
	}
	return stmt.Int(0), nil
}
