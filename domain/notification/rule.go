package notification

import (
	"time"

	"parley/domain"
)

// The rule and template that ship: a message is told to the other participants.
const (
	RuleMessageAdded     = "message-added"
	TemplateMessageAdded = "message-added"
	shippedVersion       = 1
)

// Decision applies the rule that ships to a message: who is told and why the
// others are not.
func (u Undecided) Decision(now time.Time) Decided {
	d := Decided{
		Organization: u.Organization, Source: u.Source, SourceType: u.SourceType, SourceAt: u.At,
		Conversation: u.Conversation, Rule: RuleMessageAdded, RuleVersion: shippedVersion,
		Template: TemplateMessageAdded, TemplateVersion: shippedVersion,
		Recipients: []Recipient{}, Skipped: []Skip{}, At: now,
	}
	for _, p := range u.Participants {
		if why := u.skip(p); why != "" {
			d.Skipped = append(d.Skipped, Skip{Person: p.Person, Reason: why})
			continue
		}
		d.Recipients = append(d.Recipients, Recipient{
			Person: p.Person, Address: p.Email, Locale: p.Locale, Reason: ReasonParticipant,
		})
	}
	return d
}

// skip returns why a participant is not told, or "".
func (u Undecided) skip(p Reachable) Reason {
	switch {
	case p.Person == u.Author, p.Person == u.From:
		return ReasonAuthor
	case u.Internal && p.Person.Kind != domain.KindUser:
		return ReasonInternal
	case !p.Known:
		return ReasonUnknown
	case !p.Enabled:
		return ReasonDisabled
	case p.Email == "":
		return ReasonNoAddress
	}
	return ""
}
