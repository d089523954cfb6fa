package httpapi

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// Person is a person with the name to show.
type Person struct {
	Kind domain.Kind `json:"kind" enum:"user,customer_user,system" doc:"The id space; system only in histories."`
	ID   string      `json:"id"`
	Name string      `json:"name"`
}

// Named is a customer or a business unit with the name to show.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Record is a business record, or a person as a context.
type Record struct {
	Type  string  `json:"type"`
	ID    string  `json:"id"`
	Label string  `json:"label"`
	URL   *string `json:"url" doc:"Where the commerce system shows it; null if nowhere, or not to the caller."`
}

// RecordDetails is a record and who it belongs to.
type RecordDetails struct {
	Record
	CustomerUser *Person `json:"customer_user"`
	Customer     *Named  `json:"customer"`
	Owner        *Person `json:"owner"`
}

// RecordType is a registered type of records.
type RecordType struct {
	Type  string `json:"type"`
	Label string `json:"label"`
}

// Participant is a person who takes part now.
type Participant struct {
	Person   Person `json:"person"`
	ReadUpTo int    `json:"read_up_to" doc:"Number of the last message that the person has read."`
	Muted    bool   `json:"muted" doc:"The person wants no mail of it."`
}

// MessageFacts is what every answer says of a message.
type MessageFacts struct {
	ID          uuid.UUID    `json:"id" format:"uuid"`
	Number      int          `json:"number" doc:"1, 2, 3 … without gap, over the messages that the caller sees."`
	Body        string       `json:"body" doc:"As typed. Characters are text but for a closed list of marks: paired * ** _ __ around words, paired backticks, closed fences, > at the beginning of a quoted line, and the brackets and ids of mentions, @user:id or @[Name](user:id)."`
	From        Person       `json:"from" doc:"The displayed sender."`
	Author      *Person      `json:"author,omitempty" doc:"Who wrote it; absent for customer users."`
	Internal    bool         `json:"internal"`
	At          time.Time    `json:"at"`
	EditedAt    *time.Time   `json:"edited_at" doc:"When the author last gave it another body; null if never."`
	Redacted    bool         `json:"redacted" doc:"An administrator took the body out of sight: it is empty, and so is what is made of it."`
	Attachments []Attachment `json:"attachments"`
}

// Message is a message as the caller sees it.
type Message struct {
	MessageFacts
	HTML string `json:"html" doc:"The body as safe HTML: its text content is the body without the marks. Elements p, br, em, strong, code, pre, blockquote, ul, li, a and span of class mention; links lead to the http, https or mailto address that is their text."`
}

// LastMessage is the last message of a conversation that stands in a list.
type LastMessage struct {
	MessageFacts
	Text string `json:"text" doc:"The body without its marks, as plain text."`
}

// Attachment is a file on a message.
type Attachment struct {
	ID          uuid.UUID `json:"id" format:"uuid"`
	Name        string    `json:"name" doc:"A bare file name. Untrusted: people choose it."`
	Size        int64     `json:"size" doc:"In bytes."`
	ContentType string    `json:"content_type" doc:"What the content was recognized as, whatever was claimed of it."`
	SHA256      string    `json:"sha256" doc:"Digest of the content, in hex."`
}

// ConversationFacts is what every answer says of a conversation.
type ConversationFacts struct {
	ID           uuid.UUID           `json:"id" format:"uuid"`
	Name         string              `json:"name"`
	Status       conversation.Status `json:"status" enum:"active,closed"`
	Owner        Person              `json:"owner"`
	CustomerUser Person              `json:"customer_user"`
	Customer     Named               `json:"customer"`
	Source       *Record             `json:"source" doc:"The record that it was initiated from."`
	Contexts     []Record            `json:"contexts"`
	Participants []Participant       `json:"participants"`
	MessageCount int                 `json:"message_count"`
	Unread       int                 `json:"unread" doc:"The caller's number of unread messages; 0 for non-participants."`
	Mine         bool                `json:"mine" doc:"The caller takes part or started it."`
	CreatedAt    time.Time           `json:"created_at"`
	UpdatedAt    time.Time           `json:"updated_at"`
	Revision     *eventlog.Revision  `json:"revision,omitempty" doc:"The entity tag's number; absent for customer users."`
	Actions      []access.Action     `json:"actions" enum:"add_message,edit,assign,delete,close,reopen,add_context,remove_context" doc:"What the caller may do now."`
}

// Conversation is a conversation as the caller sees it.
type Conversation struct {
	ConversationFacts
	LastMessage *Message `json:"last_message"`
}

// ListedConversation is a conversation in a list.
type ListedConversation struct {
	ConversationFacts
	LastMessage *LastMessage `json:"last_message"`
}

// Page is one page of a list; next_cursor is null at its end.
type Page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// Messages is a run of messages, oldest first.
type Messages struct {
	Items    []Message `json:"items"`
	HasOlder bool      `json:"has_older"`
	HasNewer bool      `json:"has_newer"`
}

// Indicator is what the caller has not read.
type Indicator struct {
	Count int                  `json:"count" doc:"Number of conversations with unread messages."`
	Label string               `json:"label" doc:"Empty, 1 … 99, or 99+."`
	Items []UnreadConversation `json:"items" doc:"At most four, newest last message first."`
	More  int                  `json:"more"`
}

// UnreadConversation is one line of the indicator.
type UnreadConversation struct {
	Conversation uuid.UUID `json:"conversation" format:"uuid"`
	Name         string    `json:"name"`
	Snippet      string    `json:"snippet" doc:"The beginning of the last message's plain text on one line: at most 50 characters, and at most 2,048 bytes."`
	From         Person    `json:"from"`
	At           time.Time `json:"at"`
}

// SearchHit is a conversation that a search has found, with the newest of its
// texts that match.
type SearchHit struct {
	Conversation uuid.UUID `json:"conversation" format:"uuid"`
	Name         string    `json:"name"`
	Number       *int      `json:"number" doc:"Of the message that matches; null when only the name does."`
	Snippet      string    `json:"snippet" doc:"HTML: text around the first match, escaped; the words found are in mark elements."`
	From         *Person   `json:"from" doc:"The message's displayed sender; null for the name."`
	At           time.Time `json:"at" doc:"When the message was sent, or the conversation was named."`
	Matches      int       `json:"matches" doc:"How many texts of the conversation match; its messages take the same q."`
}

// Me is the caller.
type Me struct {
	Person       Person      `json:"person"`
	Organization string      `json:"organization"`
	BusinessUnit *Named      `json:"business_unit"`
	Customer     *Named      `json:"customer"`
	Roles        []string    `json:"roles"`
	Permissions  Permissions `json:"permissions"`
}

// Permissions is how far each of the caller's permissions reaches.
type Permissions struct {
	View        string `json:"view" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Create      string `json:"create" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Edit        string `json:"edit" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Delete      string `json:"delete" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Assign      string `json:"assign" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Transitions bool   `json:"transitions"`
	ActAs       bool   `json:"act_as" doc:"May name another sender."`
	Internal    bool   `json:"internal" doc:"May see and write internal notes."`
	Administer  bool   `json:"administer" doc:"May see histories and the feed, import, mirror and set."`
}

// HistoryEvent is one event of a conversation's stream.
type HistoryEvent struct {
	Position      eventlog.Position `json:"position"`
	Stream        string            `json:"stream"`
	Revision      eventlog.Revision `json:"revision"`
	Type          string            `json:"type"`
	Time          time.Time         `json:"time"`
	Actor         Person            `json:"actor"`
	OnBehalfOf    *Person           `json:"on_behalf_of" doc:"The displayed sender where it is not the actor."`
	CommandID     uuid.UUID         `json:"command_id" format:"uuid"`
	CorrelationID uuid.UUID         `json:"correlation_id" format:"uuid"`
	CausationID   uuid.UUID         `json:"causation_id" format:"uuid"`
	Channel       domain.Channel    `json:"channel" enum:"api,web,storefront,email,import,system"`
	Data          json.RawMessage   `json:"data"`
}

// CloudEvent is one event of the feed.
type CloudEvent struct {
	SpecVersion     string          `json:"specversion" enum:"1.0"`
	ID              uuid.UUID       `json:"id" format:"uuid"`
	Source          string          `json:"source" format:"uri-reference"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject"`
	Time            time.Time       `json:"time"`
	DataContentType string          `json:"datacontenttype"`
	Sequence        string          `json:"sequence" doc:"The event's position."`
	Data            json.RawMessage `json:"data"`
}

// Feed is a run of the organization's events, in log order.
type Feed struct {
	Items []CloudEvent      `json:"items"`
	Next  eventlog.Position `json:"next" doc:"Where to go on: the next request's after."`
}
