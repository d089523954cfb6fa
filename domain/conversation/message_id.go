package conversation

import (
	"strconv"

	"github.com/google/uuid"

	"parley/domain"
)

// MessageID returns the id of a message of a conversation. It follows from what
// the message's readers may know: the public number, or the overall one of an
// internal message, so that an id never tells a customer user how many internal
// notes came before.
func MessageID(conversation uuid.UUID, number, publicNumber int) uuid.UUID {
	if publicNumber > 0 {
		return domain.DeriveID(conversation.String(), "public-message", strconv.Itoa(publicNumber))
	}
	return domain.DeriveID(conversation.String(), "internal-message", strconv.Itoa(number))
}
