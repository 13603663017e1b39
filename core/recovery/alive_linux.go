//go:build linux && !tempfile_portable

package recovery

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The reasons for which a journal is left alone.
var (
	errAlive     = errors.New("its process is alive")
	errMachine   = errors.New("it is another machine's")
	errNamespace = errors.New("its process was in another pid namespace, where it cannot be looked up")
	errUnknown   = errors.New("it does not say enough of its process to know that it is dead")
	errNotALink  = errors.New("somebody else may write it, or it has several names")
	errBroken    = errors.New("it does not begin as a journal")
)

// place says where this process runs: the system and the pid namespace.
type place struct {
	boot, machine string
	pidNamespace  uint64
}

func here() place {
	var stat unix.Stat_t
	boot, machine := readText("/proc/sys/kernel/random/boot_id"), readText("/etc/machine-id")
	p := place{boot: strings.TrimSpace(boot), machine: strings.TrimSpace(machine)}
	if unix.Stat("/proc/self/ns/pid", &stat) == nil {
		p.pidNamespace = stat.Ino
	}
	return p
}

// whyNotDead tells why the process in a header may live although its journal could be locked. A program may have closed all
// descriptors, and the lock with them. nil: the process is dead.
func (p *place) whyNotDead(h *Header) error {
	boot, machine := text(h.Boot[:]), text(h.Machine[:])
	switch {
	case boot == "" || p.boot == "":
		return errUnknown
	case boot != p.boot && (machine == "" || machine != p.machine):
		return errMachine
	case boot != p.boot:
		return nil // the system was started since then
	case h.PidNamespace == 0 || p.pidNamespace == 0 || h.StartTime == 0:
		return errUnknown
	case h.PidNamespace != p.pidNamespace:
		return errNamespace
	case runs(h.Process, h.StartTime):
		return errAlive
	}
	return nil
}

func text(field []byte) string {
	head, _, _ := bytes.Cut(field, []byte{0})
	return string(head)
}

// runs tells whether the process with the number is the one that started then. A number is used again.
func runs(process, start uint64) bool {
	folder := "/proc/" + strconv.FormatUint(process, 10)
	state, started := readStat(folder + "/stat")
	if state == "" {
		return unix.Kill(int(process), 0) != unix.ESRCH // /proc may hide the processes of others
	}
	if started != start {
		return false
	}
	if state != "Z" && state != "X" {
		return true
	}
	// The first thread has ended. The process lives on if others run.
	task, err := openAt(unix.AT_FDCWD, folder+"/task", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err != unix.ENOENT
	}
	defer unix.Close(task)
	threads, err := names(task)
	return err != nil || len(threads) > 1
}

// readStat gives a process's state and its start time, which are fields 3 and 22. The second one is the program's name in
// parentheses, which may hold spaces and parentheses.
func readStat(path string) (state string, start uint64) {
	_, rest, found := cutLast(readText(path), ")")
	fields := strings.Fields(rest)
	if !found || len(fields) < 20 {
		return "", 0
	}
	start, _ = strconv.ParseUint(fields[19], 10, 64)
	return fields[0], start
}

func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}
