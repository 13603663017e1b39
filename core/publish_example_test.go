//go:build linux && !tempfile_portable

package tempfile_test

import (
	"fmt"
	"os"
	"path/filepath"

	tempfile "libtempfile/core"
)

func ExampleFile_Persist() {
	folder, err := tempfile.Mkdtemp(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tempfile.RemoveAll(folder)
	settings := filepath.Join(folder, "settings")
	os.WriteFile(settings, []byte("old\n"), 0o640)

	file, err := tempfile.NamedTemporaryFile(&tempfile.Options{Dir: folder})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Free() // after a failure; what was published stays
	fmt.Fprintln(file, "new")
	err = file.Persist(settings, tempfile.LikeTarget|tempfile.Sync|tempfile.Backup)

	content, _ := os.ReadFile(settings)
	before, _ := os.ReadFile(settings + "~")
	fmt.Printf("%v %s%s", err, content, before)
	// Output:
	// <nil> new
	// old
}

func ExampleReplace() {
	folder, err := tempfile.Mkdtemp(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tempfile.RemoveAll(folder)
	path := filepath.Join(folder, "state")
	err = tempfile.Replace(path, []byte("one line\n"), tempfile.Sync)
	content, _ := os.ReadFile(path)
	fmt.Printf("%v %s", err, content)
	// Output:
	// <nil> one line
}
