package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"parley/domain"
	"parley/domain/conversation"
)

// conversationLine is a conversation as an import file has it. From is the
// customer user where it is the conversation's, and a user otherwise.
type conversationLine struct {
	Kind         string          `json:"kind"`
	Key          string          `json:"key"`
	Organization string          `json:"organization"`
	Name         *string         `json:"name"`
	CustomerUser string          `json:"customer_user"`
	Owner        string          `json:"owner"`
	Source       *domain.Record  `json:"source"`
	Contexts     []domain.Record `json:"contexts"`
	StartedAt    time.Time       `json:"started_at"`
	Messages     []struct {
		From string    `json:"from"`
		Body string    `json:"body"`
		At   time.Time `json:"at"`
	} `json:"messages"`
	ClosedAt *time.Time `json:"closed_at"`
}

// conversation brings in a whole conversation by one append. The same line again
// is unchanged, whatever was done to the conversation since. Errors: invalid
// with all field errors, conflict when another line has the key.
func (h ImportLineHandler) conversation(ctx context.Context, c ImportLine) (ImportAnswer, error) {
	var line conversationLine
	req := c.request(&line, &line.Organization, func(*domain.Problems) {})
	id := domain.DeriveID(c.Actor.Organization, "import", line.Key)
	out, err := h.Repository.Update(ctx, id, req, func(l loadedConversation) ([]conversation.Event, error) {
		mark := conversation.Import{Key: line.Key, Fingerprint: fingerprint(c.Content)}
		if l.State.Exists() || l.State.Purged {
			// Its people and records may have gone since: they are not asked for.
			return l.State.StartImported(conversation.ImportConversation{Import: mark})
		}
		whole, err := h.resolve(ctx, req, line)
		if err != nil {
			return nil, err
		}
		whole.Import = mark
		return l.State.StartImported(whole)
	})
	answer := ImportAnswer{Change: Created, ID: id.String(), Position: out.Position}
	if len(out.Events) == 0 {
		answer.Change = Unchanged
	}
	return answer, err
}

// resolve looks up whom and what the line names, and refuses with everything
// that is wrong with it.
func (h ImportLineHandler) resolve(ctx context.Context, req Request, line conversationLine) (conversation.ImportConversation, error) {
	var problems domain.Problems
	problems.Merge(req.Shape)
	l := h.lookup(ctx, req.Actor, &problems)
	whole := conversation.ImportConversation{
		Import: conversation.Import{Key: line.Key}, Organization: line.Organization,
		Name: l.importedName(line), Owner: line.Owner, CustomerUser: line.CustomerUser,
		Source: line.Source, Contexts: line.Contexts,
		StartedAt: line.StartedAt, ClosedAt: line.ClosedAt, MaxBytes: l.messageBytes(),
	}
	people := map[domain.Person]PersonView{}
	whole.Customer = l.imported("/customer_user", domain.CustomerUser(line.CustomerUser), people).Customer
	l.imported("/owner", domain.User(line.Owner), people)
	for i, r := range line.Contexts {
		l.record("/contexts/"+strconv.Itoa(i)+"/id", r)
	}
	for i, m := range line.Messages {
		from := domain.User(m.From)
		if m.From == line.CustomerUser {
			from = domain.CustomerUser(m.From)
		}
		l.imported("/messages/"+strconv.Itoa(i)+"/from", from, people)
		whole.Messages = append(whole.Messages, conversation.ImportedMessage{From: from, Body: m.Body, At: m.At})
	}
	problems.Merge(whole.Check())
	return whole, firstError(l.err, problems.Err())
}

// importedName is the line's, else made of the source's type and label.
func (l *lookup) importedName(line conversationLine) string {
	var source *RecordView
	if line.Source != nil {
		if known, here := l.record("/source", *line.Source); here {
			source = &known
		}
	}
	return l.name(StartConversation{Name: line.Name, Source: line.Source}, source)
}

// imported returns somebody who is known; who was there then may be disabled or
// gone by now. People looked up before are in the map.
func (l *lookup) imported(pointer string, p domain.Person, people map[domain.Person]PersonView) PersonView {
	known, before := people[p]
	if !before {
		var err error
		known, err = l.directory.Person(l.ctx, l.actor.Organization, p)
		l.keep(err)
		people[p] = known
	}
	if !known.Known {
		l.at(pointer, "is not known")
	}
	return known
}

func fingerprint(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// firstError returns the first of the errors that is one.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
