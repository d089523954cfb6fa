package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// rebuildCommand makes a read model anew, in a running server or by itself.
type rebuildCommand struct {
	target
	ReadModel string `arg:"" help:"Its name, as GET /v1/admin/projections lists it: conversations, directory, inboxes …"`
}

// Run implements the command.
func (c rebuildCommand) Run(ctx context.Context, std stdio) error {
	return c.with(ctx, std, func(s server) error {
		path := "/v1/admin/projections/" + url.PathEscape(c.ReadModel)
		var begun struct{}
		if err := s.call(ctx, http.MethodPost, path+"/rebuild", &begun); err != nil {
			return err
		}
		if err := c.follow(ctx, s, newProgress(std.err, "rebuilding "+c.ReadModel)); err != nil {
			return err
		}
		return c.tell(ctx, s, std, path)
	})
}

// follow shows the progress until the rebuild is over.
func (c rebuildCommand) follow(ctx context.Context, s server, bar *progress) error {
	defer bar.end()
	for {
		all, err := s.readModels(ctx)
		if err != nil {
			return err
		}
		rebuilding := false
		for _, p := range all.Items {
			if p.Name != c.ReadModel {
				continue
			}
			if p.Rebuild == nil && p.Problem != "" {
				return errors.New(p.Problem)
			}
			if p.Rebuild != nil {
				rebuilding = true
				bar.at(int64(p.Rebuild.Position), int64(p.Rebuild.Target))
			}
		}
		if !rebuilding {
			bar.at(1, 1)
			return nil
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// tell says what the rebuild found.
func (c rebuildCommand) tell(ctx context.Context, s server, std stdio, path string) error {
	var diff struct {
		Position uint64 `json:"position"`
		Equal    bool   `json:"equal"`
		Tables   []struct {
			Table     string `json:"table"`
			OnlyLive  int64  `json:"only_live"`
			OnlyFresh int64  `json:"only_fresh"`
		} `json:"tables"`
	}
	if err := s.call(ctx, http.MethodGet, path+"/diff", &diff); err != nil {
		return err
	}
	if diff.Equal {
		fmt.Fprintf(std.out, "%s rebuilt at position %d: the former rows were the same\n", c.ReadModel, diff.Position)
		return nil
	}
	fmt.Fprintf(std.out, "%s rebuilt at position %d: the former rows differed\n", c.ReadModel, diff.Position)
	for _, t := range diff.Tables {
		fmt.Fprintf(std.out, "  %s: %d rows were there that should not be, %d were missing\n", t.Table, t.OnlyLive, t.OnlyFresh)
	}
	return nil
}
