package main_test

import (
	"slices"
	"strconv"
	"time"

	"github.com/rivo/uniseg"
)

type (
	shownIndicator struct {
		Count int           `json:"count"`
		Label string        `json:"label"`
		Items []shownUnread `json:"items"`
		More  int           `json:"more"`
	}
	shownUnread struct {
		Conversation string      `json:"conversation"`
		Name         string      `json:"name"`
		Snippet      string      `json:"snippet"`
		From         shownPerson `json:"from"`
		At           time.Time   `json:"at"`
	}
)

// list shows the conversations that the viewer sees and that are wanted, the
// newest by a time first. No two of a file have the same.
func (o oracle) list(newest func(*datasetConversation) time.Time, wanted func(*datasetConversation) bool) []shownConversation {
	var found []*datasetConversation
	for _, c := range o.conversations {
		if o.views(c) && wanted(c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *datasetConversation) int { return newest(b).Compare(newest(a)) })
	shown := make([]shownConversation, len(found))
	for i, c := range found {
		shown[i] = o.conversation(c)
	}
	return shown
}

func (o oracle) mine(c *datasetConversation) bool {
	_, takesPart := c.cursors[o.viewer]
	return takesPart
}

// allVisible is GET /v1/conversations.
func (o oracle) allVisible() []shownConversation {
	return o.list((*datasetConversation).lastAt, func(*datasetConversation) bool { return true })
}

// myActive is GET /v1/me/conversations.
func (o oracle) myActive() []shownConversation {
	return o.list((*datasetConversation).lastAt, func(c *datasetConversation) bool { return c.ClosedAt == nil && o.mine(c) })
}

// myAny is the same with status=any.
func (o oracle) myAny() []shownConversation { return o.list((*datasetConversation).lastAt, o.mine) }

// activities is GET /v1/records/{type}/{id}/activities.
func (o oracle) activities(r recordKey) []shownConversation {
	return o.list((*datasetConversation).updatedAt, func(c *datasetConversation) bool { return slices.Contains(c.about, r) })
}

// messages shows the messages behind a number.
func (o oracle) messages(c *datasetConversation, after int) []shownMessage {
	shown := []shownMessage{}
	for i := after; i < len(c.Messages); i++ {
		shown = append(shown, o.message(c, i))
	}
	return shown
}

// indicator is GET /v1/me/unread.
func (o oracle) indicator() shownIndicator {
	unread := o.list((*datasetConversation).lastAt, func(c *datasetConversation) bool {
		cursor, takesPart := c.cursors[o.viewer]
		return takesPart && cursor < len(c.Messages)
	})
	shown := shownIndicator{Count: len(unread), Items: []shownUnread{}, More: max(0, len(unread)-4)}
	switch {
	case shown.Count > 99:
		shown.Label = "99+"
	case shown.Count > 0:
		shown.Label = strconv.Itoa(shown.Count)
	}
	for _, c := range unread[:min(4, len(unread))] {
		shown.Items = append(shown.Items, shownUnread{c.ID, c.Name, firstCharacters(c.LastMessage.Body, 50), c.LastMessage.From, c.LastMessage.At})
	}
	return shown
}

// firstCharacters cuts a text between characters as readers see them.
func firstCharacters(text string, most int) string {
	cut, clusters := "", uniseg.NewGraphemes(text)
	for most > 0 && clusters.Next() {
		cut += clusters.Str()
		most--
	}
	return cut
}
