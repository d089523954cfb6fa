package eventnode

import "context"

// ahead is a page that is being read while its user is busy with the one before:
// whoever catches up is then never without work. It is read to its end even when
// nobody wants it any more; that takes a moment and holds nothing afterwards.
type ahead[T any] chan outcome[T]

// outcome is how the reading of a page ended.
type outcome[T any] struct {
	page T
	err  error
}

// readAhead begins to read a page.
func readAhead[T any](read func() (T, error)) ahead[T] {
	a := make(ahead[T], 1)
	go func() {
		page, err := read()
		a <- outcome[T]{page, err}
	}()
	return a
}

// wait returns the page, or the end of the context.
func (a ahead[T]) wait(ctx context.Context) (page T, err error) {
	select {
	case done := <-a:
		return done.page, done.err
	case <-ctx.Done():
		return page, ctx.Err()
	}
}
