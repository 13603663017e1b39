package main

// tempfile_cleanup removes now what a normal exit would remove: all that this process made, or adopted, and has neither freed
// nor kept. It is for the exit hooks of languages whose processes do not end by exit(3), and for what comes before _exit(2) and
// exec(3).
//
// The handles stay, and are still to be freed. A file is as after tempfile_file_close, one without a name or that is to be kept
// too, but its memory is given back when it is freed; a directory is as after tempfile_directory_cleanup. Nothing is held back in
// buffers that would have to be written first. An object that another thread works on at the moment loses its name, and is
// not closed. What other threads make meanwhile may stay.
//
// Returns 0, also if there is nothing to remove. In a child of vfork, and in a forked child that has made nothing, it does
// nothing.
//
// Errors: for what could not be removed, the errno of the last object, whose path is in the detail; the others are removed all
// the same. A handler may not call it.
//
//tempfile:c int tempfile_cleanup(void);

// tempfile_cleanup_on_signals makes SIGHUP, SIGINT, SIGQUIT and SIGTERM remove what this process made and has not freed, where
// they would end the process at once. Without it, a signal that ends the process leaves it. It is tempfile_cleanup_on_signal
// for each of the four.
//
// Returns 0.
//
// Errors: what sigaction(2) says.
//
//tempfile:c int tempfile_cleanup_on_signals(void);

// tempfile_cleanup_on_signal does so for one signal. It is tempfile_cleanup_at_signal without flags.
//
// number is one that tempfile_cleanup_at_signal takes.
//
// Returns 0.
//
// Errors: -EINVAL for another signal; what sigaction(2) says.
//
//tempfile:c int tempfile_cleanup_on_signal(int number);

// tempfile_cleanup_at_signal makes one signal remove what this process made and has not freed, and then do what it did before.
//
// number is SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU or SIGXFSZ. flags is 0 or
// TEMPFILE_SIGNAL_ALWAYS.
//
// Where the signal would take its default action, that is taken afterwards, so that the exit status tells of the signal. The
// first process of a PID namespace, which the system does not let die so, ends with _exit(128 + number). A signal that is
// ignored stays so. Where the host has a handler nothing happens, for the host may go on and need its files; with
// TEMPFILE_SIGNAL_ALWAYS the names go first, files stay open, and the handler is called afterwards.
//
// A handler that the host installs later takes the place of this one; if it calls the one that was there before, that is this
// one. Calling this again does nothing then, and is -EBUSY with TEMPFILE_SIGNAL_ALWAYS. Once the host has the default action
// again, it works as at first. It counts for forked children too, which remove what they made themselves; a child of vfork
// removes nothing.
//
// A directory goes with all it holds, by system calls alone and so within bounds: 64 levels, and for all directories together
// two seconds or 1,000,000 entries. What is beyond them stays, and so does what is just being created, what is in another
// mount, and what lies in a directory that its owner may not read. Before Linux 5.6, or where a filter (seccomp) hides
// openat2(2) and statx(2), a directory that holds something stays.
//
// Returns 0.
//
// Errors: -EINVAL for another signal, which ends no process by default, or only one that is broken, and for an unknown flag;
// -EBUSY, see above; what sigaction(2) says.
//
//tempfile:c int tempfile_cleanup_at_signal(int number, uint32_t flags);
