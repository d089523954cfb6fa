package httpapi

import "parley/commands"

func (a *api) muteConversation() operation {
	op := operation{
		method: "POST", path: "/v1/conversations/{id}/mute", id: "mute-conversation", tag: tagConversations,
		summary: "Send the caller no more mail of it, until unmuting or leaving; unread messages still count", success: 204, conditional: true,
	}
	return command(op, rightToMute, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.MuteConversation.Handle(c.r.Context(), commands.MuteConversation{Request: req, ID: id}))
	})
}

func (a *api) unmuteConversation() operation {
	op := operation{
		method: "POST", path: "/v1/conversations/{id}/unmute", id: "unmute-conversation", tag: tagConversations,
		summary: "Send the caller mail of it again", success: 204, conditional: true,
	}
	return command(op, rightToMute, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.UnmuteConversation.Handle(c.r.Context(), commands.UnmuteConversation{Request: req, ID: id}))
	})
}
