//go:build linux && !tempfile_portable

package system

import (
	"os"
	"os/user"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Helpers gives none. A Go program that wants helpers passes a System of its own, whose Recruit starts a goroutine.
func (Kernel) Helpers() (most int, measure bool) { return 0, true }

func (Kernel) Recruit(n int, help func()) (join func()) { return nil }

// Processors counts those that the calling thread may run on.
func (Kernel) Processors() int {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return 1
	}
	return set.Count()
}

// loaded is where the clock of Spent counts from.
var loaded = time.Now()

func (Kernel) Spent() (clock, processor time.Duration, waits int64) {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_THREAD, &usage) != nil {
		return time.Since(loaded), 0, 0
	}
	return time.Since(loaded), time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), int64(usage.Nvcsw)
}

// Random asks the kernel each time. Where a sandbox hides getrandom, it reads the same source from /dev/urandom. A clock is
// never used instead.
func (Kernel) Random(p []byte) error {
	for len(p) > 0 {
		n, err := ignoringEINTR2(func() (int, error) { return unix.Getrandom(p, 0) })
		if err != nil {
			return readRandomDevice(p)
		}
		p = p[n:]
	}
	return nil
}

func readRandomDevice(p []byte) error {
	device, err := openAt(unix.AT_FDCWD, "/dev/urandom", unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer unix.Close(device)
	for len(p) > 0 {
		n, err := Kernel{}.Read(device, p)
		if err != nil {
			return err
		}
		if n == 0 {
			return unix.EIO
		}
		p = p[n:]
	}
	return nil
}

func (Kernel) Getwd() (string, error) {
	var buffer [unix.PathMax]byte
	n, err := ignoringEINTR2(func() (int, error) { return unix.Getcwd(buffer[:]) })
	if err != nil {
		return "", err
	}
	path := string(buffer[:n-1])
	if path[0] != '/' { // "(unreachable)": a directory that this process's root does not contain
		return "", unix.ENOENT
	}
	return path, nil
}

func (Kernel) Home() (string, error) {
	entry, err := user.LookupId(strconv.Itoa(unix.Getuid()))
	if err != nil {
		return "", err
	}
	return entry.HomeDir, nil
}

// auxSecure is AT_SECURE of linux/auxvec.h.
const auxSecure = 23

// privileged tells whether the program runs with more rights than its caller, as a setuid program does. Then the caller's
// environment must not decide where its files are.
var privileged = sync.OnceValue(func() bool {
	vector, _ := unix.Auxv()
	return slices.ContainsFunc(vector, func(entry [2]uintptr) bool { return entry[0] == auxSecure && entry[1] != 0 })
})

func (Kernel) Environment() Environment {
	if privileged() {
		return Environment{}
	}
	return Environment{TMPDIR: os.Getenv("TMPDIR"), TEMP: os.Getenv("TEMP"), TMP: os.Getenv("TMP"), HOME: os.Getenv("HOME")}
}
