package main

import (
	"context"

	"parley/projections/conversations"
)

// finishPurges takes what was said in purged conversations out of the event store
// where a purge did not come to it, on one instance at a time.
func (a *app) finishPurges(ctx context.Context) {
	if a.settings.isForOneCommand() || a.awaitReadModel(ctx, conversations.Projection.Name) != nil {
		return
	}
	a.whileLeading(ctx, "purges", func(led context.Context) { a.use.purger.Run(led, nil) })
}
