package notification

import (
	"time"

	"parley/domain"
)

// The rules and templates that ship: a message is told to the other participants
// and to whom it mentions; an edit to whom it mentions and the message did not.
const (
	RuleMessageAdded     = "message-added"
	TemplateMessageAdded = "message-added"
	RuleMention          = "mention"
	TemplateMention      = "mention"
	shippedVersion       = 1
)

// Decision applies the rule that ships to a message or an edit: who is told, once
// whatever the reasons, and why the others are not.
func (u Undecided) Decision(now time.Time) Decided {
	d := Decided{
		Organization: u.Organization, Source: u.Source, SourceType: u.SourceType, SourceAt: u.At,
		Conversation: u.Conversation, Rule: RuleMessageAdded, RuleVersion: shippedVersion,
		Template: TemplateMessageAdded, TemplateVersion: shippedVersion,
		Recipients: []Recipient{}, Skipped: []Skip{}, At: now,
	}
	if u.Edit {
		d.Rule, d.Template = RuleMention, TemplateMention
	}
	for _, p := range u.People {
		if why := u.skip(p); why != "" {
			d.Skipped = append(d.Skipped, Skip{Person: p.Person, Reason: why})
			continue
		}
		d.Recipients = append(d.Recipients, Recipient{
			Person: p.Person, Address: p.Email, Locale: p.Locale, Reason: p.reason(),
		})
	}
	return d
}

func (p Reachable) reason() Reason {
	if p.Mentioned {
		return ReasonMentioned
	}
	return ReasonParticipant
}

// Withheld decides that nobody is told of a message, since the organization has
// switched conversations off: also not when it switches them on again.
func (u Undecided) Withheld(now time.Time) Decided {
	d := u.Decision(now)
	for _, r := range d.Recipients {
		d.Skipped = append(d.Skipped, Skip{Person: r.Person, Reason: ReasonOff})
	}
	d.Recipients = []Recipient{}
	return d
}

// skip returns why a person is not told, or "".
func (u Undecided) skip(p Reachable) Reason {
	switch {
	case u.Edit && !p.Mentioned:
		return ReasonNotMentioned
	case p.Person == u.Author, p.Person == u.From:
		return ReasonAuthor
	case u.Internal && p.Person.Kind != domain.KindUser:
		return ReasonInternal
	case p.Muted && !p.Mentioned:
		return ReasonMuted
	case !p.Known:
		return ReasonUnknown
	case !p.Enabled:
		return ReasonDisabled
	case p.Email == "":
		return ReasonNoAddress
	}
	return ""
}
