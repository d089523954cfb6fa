package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/domain/sqldb"
)

// SQLSTATEs that the adapter itself looks at.
const (
	codeInvalidText = "22P02"
	codePlanChanged = "0A000"
	codeReadOnly    = "25006"
	codeNoSchema    = "3F000"
	codeNoTable     = "42P01"
	codeDeadlock    = "40P01"
	codeLockTimeout = "55P03"
)

// classes says what an SQLSTATE, or its first two digits, means to the caller.
// What is not here (a syntax error, an unknown column, no permission) is a
// defect of the program or of the installation.
var classes = map[string]error{
	"08":            sqldb.ErrUnavailable, // connection exceptions
	"53":            sqldb.ErrUnavailable, // out of disk, memory, connections
	"57":            sqldb.ErrUnavailable, // cancelled, shut down, starting up
	"58":            sqldb.ErrUnavailable, // errors of the system below
	"25P03":         sqldb.ErrUnavailable, // idle in transaction for too long
	"40001":         sqldb.ErrUnavailable, // serialization failure
	"40003":         sqldb.ErrUnavailable, // statement completion unknown
	codeDeadlock:    sqldb.ErrUnavailable,
	codeLockTimeout: sqldb.ErrUnavailable,
	codeReadOnly:    sqldb.ErrUnavailable, // a standby, until it is promoted
	"22":            sqldb.ErrRejected,    // data exceptions
	"23":            sqldb.ErrRejected,    // integrity constraints
	codeNoSchema:    sqldb.ErrNoSchema,
}

// classify wraps an error of pgx with the port's error for its class, if any.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if class := classOf(err); class != nil && !errors.Is(err, class) {
		return fmt.Errorf("%w: %w", class, err)
	}
	return err
}

func classOf(err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		if class, ok := classes[server.Code]; ok {
			return class
		}
		return classes[server.Code[:min(2, len(server.Code))]]
	}
	if isNetwork(err) {
		return sqldb.ErrUnavailable
	}
	if strings.Contains(err.Error(), "failed to encode") {
		return sqldb.ErrRejected
	}
	return nil
}

// isNetwork reports whether the connection or the context failed rather than
// the statement. A context that ended also leaves the outcome open.
func isNetwork(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	for _, end := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, pgconn.ErrConnClosed,
		context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, end) {
			return true
		}
	}
	return errors.As(err, &connect) || errors.As(err, &network)
}

// hasCode reports whether the server answered with one of the SQLSTATEs.
func hasCode(err error, codes ...string) bool {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return false
	}
	for _, code := range codes {
		if server.Code == code {
			return true
		}
	}
	return false
}

// planChanged reports the server's refusal to run a prepared statement whose
// tables were replaced: nothing was done, and another try prepares it anew.
func planChanged(err error) bool {
	return hasCode(err, codePlanChanged) && strings.Contains(err.Error(), "cached plan")
}
