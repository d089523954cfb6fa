package eventnode_test

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
)

// roleVariable names what a child process of the tests does instead of testing.
const roleVariable = "PARLEY_EVENTNODE_TEST_ROLE"

// childRole returns what this process is to do, or nil in the tests themselves.
func childRole() func() {
	return map[string]func(){
		"append": appendForEver,
		"answer": answerQuestions,
		"full":   fillTheDisk,
	}[os.Getenv(roleVariable)]
}

// startChild runs this test binary in a role on a data folder and returns the
// lines that it prints. The child is gone when the test ends.
func startChild(t *testing.T, role, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	child := exec.Command(os.Args[0], dir)
	child.Env = append(os.Environ(), roleVariable+"="+role)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() })
	return child, bufio.NewScanner(out)
}
