package main

// tempfile_cleanup removes at once everything that a normal exit would remove: all that this process made or adopted,
// and has neither freed nor kept. It is meant for the exit hooks of languages whose processes do not end by exit(3),
// and for the moment before _exit(2) or exec(3).
//
// The handles stay valid, and the caller still frees them. Every file is left as by tempfile_file_close, also one
// without a name or one that is kept, but its memory is released only when it is freed. Every directory is left as by
// tempfile_directory_cleanup. An object that another thread is working on loses its name and is not closed. Objects
// that other threads make meanwhile may stay.
//
// Returns 0, also if there is nothing to remove. In a child of vfork, and in a forked child that has made nothing, it
// does nothing.
//
// Errors: the other objects are removed even so. A signal handler may not call this function.
//   - others: the errno of the last object that could not be removed, or could not pass on what it held back. The detail
//     has its path. Like tempfile_file_close, the first call leaves a file open that is kept and cannot pass it on.
//
//tempfile:c int tempfile_cleanup(void);

// tempfile_keep_all keeps everything, for debugging: from now on nothing that this process has made or makes is deleted, and
// at the end of the process the path of each object is printed once on standard error. TEMPFILE_KEEP=1 in the environment
// makes the first object of a process call this function; a program that runs with more rights than its caller ignores it.
//
// Not even tempfile_directory_cleanup removes a directory then. Files without a name are gone as ever, and tempfile_rmtree
// removes what it is told to. A process that ends by _exit, exec or a signal prints nothing, unless it cleans up at the
// signal.
//
// Returns 0.
//
// It holds for forked children too, each of which prints what it made itself.
//
//tempfile:since 0.2
//tempfile:c int tempfile_keep_all(void);

// tempfile_cleanup_on_signals makes SIGHUP, SIGINT, SIGQUIT and SIGTERM remove the objects that this process made and
// has not freed, where they would end the process at once. Without this call a signal that ends the process leaves
// everything behind. It is tempfile_cleanup_on_signal for each of the four.
//
// Returns 0.
//
// Errors:
//   - others: as sigaction(2).
//
//tempfile:c int tempfile_cleanup_on_signals(void);

// tempfile_cleanup_on_signal does the same for one signal. It is tempfile_cleanup_at_signal without flags.
//
// number is a signal that tempfile_cleanup_at_signal accepts.
//
// Returns 0.
//
// Errors:
//   - -EINVAL: cleanup cannot be installed for this signal.
//   - others: as sigaction(2).
//
//tempfile:c int tempfile_cleanup_on_signal(int number);

// tempfile_cleanup_at_signal makes one signal first remove the objects that this process made and has not freed, and
// then have its former effect.
//
// number is SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU or SIGXFSZ. flags is 0 or
// TEMPFILE_SIGNAL_ALWAYS.
//
// If the signal has its default action, that action follows the cleanup, so the exit status names the signal. The
// first process of a PID namespace cannot end that way, and ends with _exit(128 + number). An ignored signal stays
// ignored. If the host has a handler, nothing is removed, because the host may go on and need its files. With
// TEMPFILE_SIGNAL_ALWAYS the names are removed, files stay open, and then the host's handler is called.
//
// A handler that the host installs later replaces this one. If it calls the handler that was there before, it calls
// this one, and a second call of this function then does nothing, or fails with -EBUSY if TEMPFILE_SIGNAL_ALWAYS is
// set. Once the host restores the default action, this function can be called again as at first. The setting holds in
// forked children too, which remove their own objects. A child of vfork removes nothing.
//
// A directory is removed with its contents by system calls alone, and so within bounds: 64 levels, and for all
// directories together two seconds or 1,000,000 entries. Entries beyond these bounds stay. So does an object that is
// just being created, an entry on another mount, and an entry in a directory that its owner may not read. Before Linux
// 5.6, or where a seccomp filter forbids openat2(2) or statx(2), a directory that is not empty stays.
//
// Returns 0.
//
// Errors:
//   - -EINVAL: cleanup cannot be installed for this signal, as it does not end a process by default or reports a
//     fault; or a flag is unknown.
//   - -EBUSY: a handler of the host calls this one, and TEMPFILE_SIGNAL_ALWAYS is set; see above.
//   - others: as sigaction(2).
//
//tempfile:c int tempfile_cleanup_at_signal(int number, uint32_t flags);
