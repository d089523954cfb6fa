package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine is where a run took place, and how busy it was with other things.
type machine struct {
	cores            int
	model, disk      string
	goVersion        string
	began            time.Time
	before, atTheEnd string // load averages of 1, 5 and 15 minutes
}

// lookAround notes what can be known of the machine; what cannot stays empty.
func lookAround(dir string) machine {
	return machine{
		cores: runtime.NumCPU(), model: processor(), disk: fileSystem(dir), goVersion: runtime.Version(),
		began: time.Now().UTC(), before: load(),
	}
}

// after notes the load at the end.
func (m *machine) after() { m.atTheEnd = load() }

// String says where the run took place, and warns when it was disturbed.
func (m machine) String() string {
	text := fmt.Sprintf("%s: %d cores, %s, %s, %s. Load averages %s before, %s after.",
		m.began.Format("2006-01-02 15:04 UTC"), m.cores, m.model, m.disk, m.goVersion, m.before, m.atTheEnd)
	if m.busy() {
		text += " **Other programs were busy on this machine: what takes more processor time than its baseline suffers more, so the ratios are too low as well. Measure again.**"
	}
	return text
}

// busy reports whether other programs took so much of the machine before the run
// that its figures are too low.
func (m machine) busy() bool {
	var one float64
	_, err := fmt.Sscan(m.before, &one)
	return err == nil && one > 0.75*float64(m.cores)
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// fileSystem returns the type of the file system that holds the folder: that of
// the longest mount point above it.
func fileSystem(dir string) (kind string) {
	text, _ := os.ReadFile("/proc/mounts")
	longest := -1
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 3 || len(f[1]) <= longest {
			continue
		}
		if f[1] == "/" || dir == f[1] || strings.HasPrefix(dir, f[1]+"/") {
			longest, kind = len(f[1]), f[2]
		}
	}
	return kind
}
