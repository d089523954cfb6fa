package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"

	"parley/domain/notification"
)

// Mailer implements notification.Mailer. It opens a connection for each notice
// and is safe for concurrent use.
type Mailer struct {
	config Config
	server server
	from   *mail.Address
}

// New returns a Mailer, or an error that says which setting is wrong. It does
// not connect.
func New(c Config) (*Mailer, error) {
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	server, err := c.server()
	if err != nil {
		return nil, err
	}
	from, err := c.sender()
	if err != nil {
		return nil, err
	}
	return &Mailer{c, server, from}, nil
}

// Send delivers one notice. Errors are *notification.SendError: permanent for
// an address that cannot be one and for a server's 5xx, else temporary, also
// when it is unknown whether the server took the message.
func (m *Mailer) Send(ctx context.Context, n notification.Notice) error {
	msg, err := m.message(n)
	if err != nil {
		return &notification.SendError{Permanent: true, Reason: "build mail: the address is not valid"}
	}
	ctx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	client, err := gomail.NewClient(m.server.host, m.server.options...)
	if err != nil {
		return &notification.SendError{Reason: "set up SMTP: the settings are not valid"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return failure("connect to SMTP server", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	err = client.Send(msg)
	stop()
	_ = client.Close()
	if err != nil && !msg.IsDelivered() {
		return failure("send mail", err)
	}
	return nil
}

// failure classifies an error of the mail library. The reason holds the server's
// code and not its words, which often repeat the address.
func failure(doing string, err error) error {
	send, ok := errors.AsType[*gomail.SendError](err)
	if !ok || send.ErrorCode() == 0 {
		return &notification.SendError{Reason: doing + ": the connection failed or was dropped"}
	}
	return &notification.SendError{
		Permanent: send.ErrorCode() >= 500,
		Reason:    fmt.Sprintf("%s: the server answered %d", doing, send.ErrorCode()),
	}
}
