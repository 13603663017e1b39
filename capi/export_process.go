package main

// tempfile_cleanup_on_signals makes SIGHUP, SIGINT, SIGQUIT and SIGTERM remove what this process made and has not freed:
// the names of files, and directories that are empty. Without it, a signal that ends the process leaves them. It is
// tempfile_cleanup_on_signal for each of the four.
//
// Returns 0.
//
// Errors: what sigaction(2) says.
//
//tempfile:c int tempfile_cleanup_on_signals(void);

// tempfile_cleanup_on_signal does so for one signal: a host whose own handler of SIGHUP reads its configuration anew, say,
// goes on then, and would go on without its files.
//
// number is SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU or SIGXFSZ.
//
// The handler of the moment is called afterwards, or the default action is taken, so that the exit status tells of the
// signal; one that is ignored stays so. A handler that the host installs later takes the place of this one. What is just
// being created, and a directory that is not empty, stays. Calling this again does nothing. It counts for forked children
// too, which remove what they made themselves.
//
// Returns 0.
//
// Errors: -EINVAL for another signal: it ends no process by default, or only one that is broken; what sigaction(2) says.
//
//tempfile:c int tempfile_cleanup_on_signal(int number);
