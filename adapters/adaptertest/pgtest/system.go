package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// findBinaries returns the folder that holds initdb and postgres: the newest
// of Debian's, else what the PATH has.
func findBinaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("no PostgreSQL binaries on this machine: " +
		"run `make test`, which installs them, or `apt-get install postgresql`, or set " + Env + " to the URL of a server")
}

func version(initdb string) int {
	number, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return number
}

// unprivileged makes a child of root run as nobody, because PostgreSQL refuses
// root. Its own process group keeps a Ctrl-C of the tests away from it.
func unprivileged() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return attributes
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return attributes
	}
	uid, _ := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, _ := strconv.ParseUint(nobody.Gid, 10, 32)
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes
}

// guardScript outlives the tests: see the package's documentation.
const guardScript = `read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" 2>/dev/null && break; sleep 0.2; done`

// startGuard starts the guard of the folder. The function that it returns
// makes the guard act now and waits for it.
func startGuard(dir string, as *syscall.SysProcAttr) (func(), error) {
	guard := exec.Command("/bin/sh", "-c", guardScript, "sh", dir)
	guard.SysProcAttr, guard.Dir = as, "/"
	alive, err := guard.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("connect the guard: %w", err)
	}
	if err := guard.Start(); err != nil {
		return nil, fmt.Errorf("start the guard: %w", err)
	}
	return func() { _ = alive.Close(); _ = guard.Wait() }, nil
}
