// Package mail sends notices through an SMTP server.
//
// A notice is accepted once the server has answered the message's data with
// 250; what fails behind that (QUIT, a dropped connection) changes nothing. The
// Message-ID is made of the notice's id, so that the rare notice that is sent
// twice can be recognised by whoever receives it.
package mail

import (
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Config says how mail leaves.
type Config struct {
	// URL is the server: smtp://user:password@host:port for STARTTLS where the
	// server offers it, smtps:// for TLS from the start. User and password may
	// be left out; with them, TLS is required unless the host is a loopback one.
	URL string
	// From is the sender of every mail: "Name <address>" or an address.
	From string
	// PublicURL is where people open conversations; mails have no link without.
	PublicURL string
	// Markup turns a message's text into safe HTML.
	Markup func(body string) string
	// PlainText turns it into text without marks.
	PlainText func(body string) string
	// Timeout bounds the delivery of one mail; 30 s when zero.
	Timeout time.Duration
}

// server is a parsed URL.
type server struct {
	host    string
	options []gomail.Option
}

func (c Config) server() (server, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return server{}, fmt.Errorf("smtp address must look like smtp://user:password@host:587")
	}
	s := server{host: u.Hostname(), options: []gomail.Option{
		gomail.WithTimeout(c.Timeout), gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithTLSPolicy(gomail.TLSOpportunistic),
	}}
	port := 25
	if u.Scheme == "smtps" {
		port = 465
		s.options = append(s.options, gomail.WithSSL())
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return server{}, fmt.Errorf("smtp address has a port that is no number")
		}
	}
	s.options = append(s.options, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return s, nil
}

func (c Config) sender() (*mail.Address, error) {
	address, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail sender must look like Parley <parley@example.com>")
	}
	return address, nil
}
