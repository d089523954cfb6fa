package mail

import (
	"bytes"
	_ "embed"
	htmltemplate "html/template"
	"net/mail"
	"net/url"
	"strings"
	texttemplate "text/template"

	gomail "github.com/wneessen/go-mail"

	"parley/domain/notification"
)

var (
	//go:embed message.txt.tmpl
	textSource string
	//go:embed message.html.tmpl
	htmlSource string

	textBody = texttemplate.Must(texttemplate.New("text").Parse(textSource))
	htmlBody = htmltemplate.Must(htmltemplate.New("html").Parse(htmlSource))
)

// page is what the templates show.
type page struct {
	notification.Notice
	HTML htmltemplate.HTML // safe: made by the markup
	Text string
	When string
	URL  string
}

// message builds the mail of a notice. An error means that no server would take
// it: the address cannot be one.
func (m *Mailer) message(n notification.Notice) (*gomail.Msg, error) {
	p := page{
		Notice: n, HTML: htmltemplate.HTML(m.config.Markup(n.Body)), Text: m.config.PlainText(n.Body),
		When: n.At.Format("2 January 2006, 15:04 MST"),
	}
	if m.config.PublicURL != "" {
		p.URL = strings.TrimSuffix(m.config.PublicURL, "/") + "/conversations/" + url.PathEscape(n.Conversation.String())
	}
	var text, html bytes.Buffer
	if err := textBody.Execute(&text, p); err != nil {
		return nil, err
	}
	if err := htmlBody.Execute(&html, p); err != nil {
		return nil, err
	}
	to, err := mail.ParseAddress(n.Email)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(&mail.Address{Name: line(n.Name), Address: to.Address})
	msg.Subject(subject(n))
	m.setHeaders(msg, n)
	msg.SetBodyString(gomail.TypeTextPlain, text.String())
	msg.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return msg, nil
}

func subject(n notification.Notice) string {
	if n.Mentioned {
		return line(n.ConversationName) + ": " + line(n.From) + " mentioned you"
	}
	return line(n.ConversationName) + ": new message from " + line(n.From)
}

func (m *Mailer) setHeaders(msg *gomail.Msg, n notification.Notice) {
	_, domain, _ := strings.Cut(m.from.Address, "@")
	thread := "<conversation." + n.Conversation.String() + "@" + domain + ">"
	msg.SetMessageIDWithValue("notice." + n.ID.String() + "@" + domain)
	msg.SetGenHeader(gomail.HeaderInReplyTo, thread)
	msg.SetGenHeader(gomail.HeaderReferences, thread)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetDate()
}

// line makes one header line of a text: whatever breaks lines becomes a space.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r < 0x20 || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029'
	}), " ")
}
