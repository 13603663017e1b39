package main

// tempfile_cleanup_on_signals makes SIGHUP, SIGINT, SIGQUIT and SIGTERM remove what this process made and has not freed:
// the names of files, and directories that are empty. Without it, a signal that ends the process leaves them.
//
// The handlers of the moment are called afterwards, and the default action is taken, so that the exit status tells of the
// signal; one that is ignored stays so. A handler that the host installs later takes the place of this one. What is just
// being created, and a directory that is not empty, stays. A host whose own handler lets the program go on goes on without
// its files. Calling this again does nothing. It counts for forked children too, which remove what they made themselves.
//
// Returns 0.
//
// Errors: what sigaction(2) says.
//
//tempfile:c int tempfile_cleanup_on_signals(void);
