package main

import (
	"context"
	"strings"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/settings"
	"parley/projections/conversations"
)

// closeIdle closes idle conversations by itself, on one instance at a time.
func (a *app) closeIdle(ctx context.Context) {
	if a.settings.isForOneCommand() || a.awaitReadModel(ctx, conversations.Projection.Name) != nil {
		return
	}
	wake := make(chan struct{}, 1)
	defer a.use.follower.OnBatch(func(b eventlog.Batch) {
		for i := range b.Events {
			if strings.HasPrefix(b.Events[i].Stream, domain.StreamPrefix+settings.Aggregate.Name+"-") {
				select {
				case wake <- struct{}{}:
				default:
				}
				return
			}
		}
	})()
	a.whileLeading(ctx, "auto-close", func(led context.Context) { a.use.autoCloser.Run(led, wake) })
}
