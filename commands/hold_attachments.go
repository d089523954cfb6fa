package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
)

// holding is the files of a message while its command is decided. Nobody else can
// put them on another message, and no clean-up discards them, from before the
// decision until settle. See package attachment for why that is enough.
type holding struct {
	c            Conversations
	req          Request
	holder, call uuid.UUID
	files        attachment.Files // empty unless all could be held
	held         []uuid.UUID
	wrong        map[int]string // by index; -1 is the whole list
}

// hold holds files for a message of a conversation, which need not be there yet.
// What is wrong with them is no error: the command refuses with it in its turn.
func (c Conversations) hold(ctx context.Context, req Request, id uuid.UUID, files []string) (holding, error) {
	if len(files) == 0 {
		return holding{}, nil
	}
	h := holding{c: c, req: req.unkeyed(), call: uuid.New(), wrong: map[int]string{}}
	h.holder = h.call
	if req.Key != "" {
		p := req.Actor.Person
		h.holder = domain.DeriveID(req.Actor.Organization, "holder", string(p.Kind), p.ID, req.Key, id.String())
	}
	if len(files) > attachment.MaxOnMessage {
		h.wrong[-1] = "must be at most " + strconv.Itoa(attachment.MaxOnMessage) + " files"
		return h, nil
	}
	for i, text := range files {
		if err := h.take(ctx, id, i, text); err != nil {
			h.release(ctx)
			return holding{}, err
		}
	}
	if len(h.wrong) > 0 {
		h.files = nil
	}
	return h, nil
}

// take holds one file, or notes what is wrong with it.
func (h *holding) take(ctx context.Context, conversation uuid.UUID, i int, text string) error {
	id, err := uuid.Parse(text)
	switch {
	case err != nil || len(text) != 36:
		h.wrong[i] = "is not known"
		return nil
	case slices.Contains(h.held, id):
		h.wrong[i] = "is there twice"
		return nil
	}
	out, err := h.c.Files.Update(ctx, id, h.req, func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
		return l.State.Hold(h.req.Actor.Organization, h.req.Actor.Person, attachment.Held{
			Conversation: conversation, Holder: h.holder, Call: h.call, At: l.Now,
		})
	})
	if e, is := errors.AsType[*domain.Error](err); is && e.Code == domain.CodeInvalid && len(e.Fields) == 1 {
		h.wrong[i] = e.Fields[0].Detail
		return nil
	}
	if err == nil {
		h.held, h.files = append(h.held, id), append(h.files, *out.State.File)
	}
	return err
}

// problems are what is wrong with the files, whose list is at the pointer.
func (h holding) problems(pointer string) []domain.FieldError {
	if len(h.wrong) == 0 {
		return nil
	}
	var p domain.Problems
	for i := -1; i < attachment.MaxOnMessage; i++ {
		if i < 0 {
			p.At(pointer, h.wrong[i])
		} else {
			p.At(pointer+"/"+strconv.Itoa(i), h.wrong[i])
		}
	}
	return p
}

// settle lets the files go unless they are on the message, or may be: after an
// error that leaves this open, the clean-up finds out.
func (h holding) settle(ctx context.Context, repeated bool, err error) {
	if repeated || isRefusal(err) {
		h.release(ctx)
	}
}

const releaseLimit = 5 * time.Second

func (h holding) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseLimit)
	defer cancel()
	for _, id := range h.held {
		_, _ = h.c.Files.Update(ctx, id, h.req, func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
			return l.State.Release(h.call, l.Now)
		})
	}
}
