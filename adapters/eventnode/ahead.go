package eventnode

import "context"

// ahead is a page that is being read while its user is busy with the one before:
// whoever catches up is then never without work. It is read to its end even when
// nobody wants it any more; that takes a moment and holds nothing afterwards.
type ahead chan pageRead

// pageRead is how the reading of a page ended.
type pageRead struct {
	records []Record
	err     error
}

// readAhead begins to read a page.
func readAhead(read func() ([]Record, error)) ahead {
	a := make(ahead, 1)
	go func() {
		records, err := read()
		a <- pageRead{records, err}
	}()
	return a
}

// wait returns the page, or the end of the context.
func (a ahead) wait(ctx context.Context) ([]Record, error) {
	select {
	case page := <-a:
		return page.records, page.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
