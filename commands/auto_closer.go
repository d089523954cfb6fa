package commands

import (
	"cmp"
	"context"
	"log/slog"
	"math"
	"time"

	"parley/domain"
	"parley/domain/conversation"
)

// AutoCloser closes by itself the conversations that have been idle for as long
// as their organization's settings say, at most some seconds late. It is a
// [DueLoop]: what it finds in the read model is decided by
// [CloseIdleConversation], so that each is closed once, whatever a second
// instance, a restart or a read model that is behind make of it.
type AutoCloser struct {
	Idling conversation.Idling
	Close  CloseIdleConversationHandler
	Logger *slog.Logger
	// Page is how many conversations are looked at in one query; 0 means 100.
	Page int
}

const (
	autoCloseIdle     = 10 * time.Second // so late is the first conversation that an organization ever has
	autoCloseParallel = 4
)

// Run works until ctx ends. Wake says that settings have changed.
func (a AutoCloser) Run(ctx context.Context, wake <-chan struct{}) {
	DueLoop{What: "automatic closings", Step: a.step, Idle: autoCloseIdle, Logger: a.Logger}.Run(ctx, wake)
}

// step closes what is due in every organization. One in which that fails is no
// reason to leave out the next.
func (a AutoCloser) step(ctx context.Context) (time.Duration, error) {
	organizations, err := a.Idling.Organizations(ctx)
	if err != nil {
		return 0, err
	}
	wait := time.Duration(math.MaxInt64)
	var first error
	for _, o := range organizations {
		next, err := a.organization(ctx, o)
		if domain.CodeOf(err) == domain.CodeUnavailable {
			return 0, err // so are the others
		}
		wait, first = min(wait, next), firstError(first, err)
	}
	return wait, first
}

// organization closes what is due in one organization and returns how long to
// wait for more: what is not there yet falls due no sooner than in a whole
// period.
func (a AutoCloser) organization(ctx context.Context, organization string) (time.Duration, error) {
	set, err := a.Close.Directory.SettingsOf(ctx, organization)
	if err != nil || !set.Enabled || !set.Workflow.ClosesIdle() {
		return math.MaxInt64, err
	}
	period, behind := set.Workflow.AutoCloseAfter, conversation.Idle{}
	var first error
	for {
		page, err := a.Idling.Longest(ctx, organization, behind, cmp.Or(a.Page, 100))
		if err != nil {
			return 0, firstError(first, err)
		}
		due := dueBy(page, domain.Now().Add(-period))
		err = doEach(ctx, autoCloseParallel, due, func(ctx context.Context, c conversation.Idle) error {
			return a.Close.Handle(ctx, CloseIdleConversation{Organization: organization, ID: c.ID})
		})
		first = firstError(first, err)
		switch {
		case domain.CodeOf(err) == domain.CodeUnavailable:
			return 0, err
		case len(due) < len(page):
			return min(period, until(page[len(due)].Since.Add(period))), first
		case len(page) == 0:
			return period, first
		}
		behind = page[len(page)-1]
	}
}

// dueBy returns the first of them, those that have been idle since a time.
func dueBy(page []conversation.Idle, since time.Time) []conversation.Idle {
	for i, c := range page {
		if c.Since.After(since) {
			return page[:i]
		}
	}
	return page
}
