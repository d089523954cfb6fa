package main

import "parley/adapters/markup"

// How much is remembered of what messages were rendered to, in bytes.
const (
	htmlHeld  = 16 << 20
	plainHeld = 8 << 20
)

// texts render messages for all who show them: pages, lists, mails.
type texts struct{ html, plain *markup.Cache }

func newTexts() texts {
	return texts{html: markup.NewCache(htmlHeld, markup.HTML), plain: markup.NewCache(plainHeld, markup.Plain)}
}
