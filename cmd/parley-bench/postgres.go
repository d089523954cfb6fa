package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// database is the baseline PG: a server of its own with fsync on, as delivered
// but for where it listens and how many may connect.
type database struct {
	dir   string
	conns map[int]*pgx.Conn
}

// postgres returns the server, started by whoever needs it first.
func (l *lab) postgres(ctx context.Context) (d *database, err error) {
	if l.db == nil {
		l.db, err = l.startPostgres(ctx)
	}
	return l.db, err
}

// startPostgres makes and starts the server.
func (l *lab) startPostgres(ctx context.Context) (*database, error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	d := &database{dir: filepath.Join(l.dir, "pg"), conns: map[int]*pgx.Conn{}}
	as := unprivileged()
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		return nil, err
	}
	if as.Credential != nil {
		if err := os.Chown(d.dir, int(as.Credential.Uid), int(as.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(d.dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", data)
	initdb.SysProcAttr, initdb.Dir = as, d.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	serve := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", d.dir, "-c", "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=200")
	serve.SysProcAttr, serve.Dir = as, d.dir
	if err := serve.Start(); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	l.atClose(func() {
		d.close()
		_ = serve.Process.Signal(syscall.SIGINT)
		_ = serve.Wait()
	})
	return d, d.create(ctx)
}

// postgresBinaries returns the folder of the newest server of Debian's, else of
// the one on the PATH.
func postgresBinaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("the baseline needs PostgreSQL: run `make prepare`, which installs it")
}

// unprivileged makes a child of root run as nobody, because PostgreSQL refuses
// root.
func unprivileged() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	nobody, err := user.Lookup("nobody")
	if os.Getuid() != 0 || err != nil {
		return attributes
	}
	uid, _ := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, _ := strconv.ParseUint(nobody.Gid, 10, 32)
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes
}

// create waits until the server answers and creates the table.
func (d *database) create(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := d.connect(ctx, 0)
		if err == nil {
			_, err = conn.Exec(ctx, "create table events (position bigserial primary key, data json not null)")
			return err
		}
		if ended := pause(ctx, pollEvery); ended != nil {
			return fmt.Errorf("wait for PostgreSQL: %w", err)
		}
	}
}

func (d *database) connect(ctx context.Context, client int) (*pgx.Conn, error) {
	if conn, ok := d.conns[client]; ok {
		return conn, nil
	}
	conn, err := pgx.Connect(ctx, d.url("postgres"))
	if err == nil {
		d.conns[client] = conn
	}
	return conn, err
}

// url returns the address of one of the server's databases.
func (d *database) url(name string) string {
	return "postgres:///" + name + "?" + url.Values{"host": {d.dir}, "user": {"postgres"}}.Encode()
}

// inserting is the contender: each client commits rows one by one over a
// connection of its own.
func (d *database) inserting() contender {
	row := string(payload())
	return contender{name: "PG", open: func(client int) (step, error) {
		conn, err := d.connect(context.Background(), client)
		return func(ctx context.Context) error {
			_, err := conn.Exec(ctx, "insert into events (data) values ($1)", row)
			return err
		}, err
	}}
}

func (d *database) close() {
	for _, conn := range d.conns {
		_ = conn.Close(context.Background())
	}
}
