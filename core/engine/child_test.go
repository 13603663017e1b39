//go:build unix

package engine

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// childVariable names, in a child, the test that it was started for.
const childVariable = "LIBTEMPFILE_TEST_CHILD"

// nobody is a user without rights, for tests of permissions, which do not hold for root.
const nobody = 65534

// inChild runs the calling test again in a process of its own, started with the attributes, and gives true there. The
// caller goes on only then. A child that cannot be started for want of rights is a skip.
func inChild(t *testing.T, attributes *syscall.SysProcAttr) bool {
	t.Helper()
	if os.Getenv(childVariable) == t.Name() {
		return true
	}
	// By /proc, because the user may not be able to reach the folder that the test program lies in.
	child := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=60s")
	child.Env = append(os.Environ(), childVariable+"="+t.Name())
	child.Dir = "/"
	child.SysProcAttr = attributes
	output, err := child.CombinedOutput()
	if err != nil && child.Process == nil {
		t.Skip("a child with other rights or mounts is refused here: ", err)
	}
	if err != nil || !strings.Contains(string(output), "--- PASS: "+t.Name()) {
		if strings.Contains(string(output), "--- SKIP: "+t.Name()) {
			t.Skip(skipReason(string(output)))
		}
		t.Errorf("the child: %v\n%s", err, output)
	}
	return false
}

// skipReason finds, in what a child has printed, why it skipped its test.
func skipReason(output string) string {
	for _, line := range strings.Split(output, "\n") {
		if _, reason, found := strings.Cut(line, "_test.go:"); found {
			_, reason, _ = strings.Cut(reason, ": ")
			return reason
		}
	}
	return "skipped in the child:\n" + output
}

// asNobody runs the calling test as a user that is not root, and gives true there.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	return inChild(t, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}})
}
