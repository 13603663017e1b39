package main

import (
	"fmt"
	"slices"
)

// page is a man page, and a page of the reference: functions that belong together. It has the name of the first.
type page struct {
	title     string
	names     []string // without tempfile_
	functions []entry
}

func (p *page) name() string { return p.functions[0].name }

// plan is the order of the pages. Every function must be on one.
var plan = []page{
	{title: "create files and directories that the caller removes", names: []string{
		"mkstemp", "mkdtemp", "mktemp", "unnamed", "mkstemp_into", "unnamed_into", "random_names"}},
	{title: "create files that the library deletes", names: []string{
		"named_temporary_file", "temporary_file", "spooled_temporary_file"}},
	{title: "read, write and seek", names: []string{
		"file_read", "file_readline", "file_write", "file_seek", "file_tell", "file_truncate", "file_flush",
		"file_pread", "file_pwrite", "file_sync"}},
	{title: "names and descriptors of files, keeping and closing them", names: []string{
		"file_name", "file_fileno", "file_detach", "file_reopen", "file_rollover", "file_rolled", "file_keep",
		"file_unkeep", "file_adopt", "file_close", "file_free"}},
	{title: "make a temporary file or directory a lasting one", names: []string{
		"file_persist", "file_publish", "publish_descriptor", "replace", "directory_persist"}},
	{title: "create directories that the library removes", names: []string{
		"temporary_directory", "directory_name", "directory_keep", "directory_unkeep", "directory_adopt", "directory_cleanup",
		"directory_free"}},
	{title: "take charge of files and directories that exist already", names: []string{
		"register_file", "register_directory"}},
	{title: "the default directory and prefix", names: []string{
		"gettempdir", "gettempdirb", "gettempprefix", "gettempprefixb", "settempdir", "candidates"}},
	{title: "remove directories and files", names: []string{
		"rmtree", "removal_start", "removal_resume", "identify_directory", "removal_step", "removal_free",
		"unlink"}},
	{title: "remove what killed processes left behind", names: []string{
		"recovery_enable", "recovery_start", "recovery_step", "recovery_free", "recovery_announce",
		"recovery_withdraw"}},
	{title: "clean up at once, or when a signal ends the process", names: []string{
		"cleanup", "keep_all", "cleanup_on_signals", "cleanup_on_signal", "cleanup_at_signal"}},
	{title: "errors, and the version of the library", names: []string{"last_error", "strerror", "version"}},
}

// group puts the functions on their pages.
func group(functions []entry) ([]page, error) {
	pages := slices.Clone(plan)
	placed := map[string]bool{}
	for i := range pages {
		for _, name := range pages[i].names {
			at := slices.IndexFunc(functions, func(f entry) bool { return f.name == "tempfile_"+name })
			if at < 0 {
				return nil, fmt.Errorf("tempfile.h has no tempfile_%s, which pages.go names", name)
			}
			pages[i].functions = append(pages[i].functions, functions[at])
			placed[functions[at].name] = true
		}
	}
	for _, f := range functions {
		if !placed[f.name] {
			return nil, fmt.Errorf("%s is on no page: add it to the plan in pages.go", f.name)
		}
	}
	return pages, nil
}
