package main

// tempfile_version gives the version of the library that was loaded, as TEMPFILE_VERSION gives that of the header.
//
// Returns a constant string, "0.1.0" for instance; "0.1.0+untested-go" for a build with a version of Go that was not tested.
// Never fails.
//
//tempfile:c const char *tempfile_version(void);

// tempfile_strerror says what a result means.
//
// code is what a function returned, or a positive errno.
//
// Returns a constant string in English; "Unknown error" for what no errno is. Never fails.
//
//tempfile:c const char *tempfile_strerror(int code);

// tempfile_last_error tells what went wrong in this thread's last call. Every function sets it when it fails and clears it
// when it is entered, but for tempfile_version, tempfile_strerror, this one and those that return nothing.
//
// Returns the detail, never NULL. It belongs to the library, and is valid until this thread's next call that fails or
// clears it.
//
//tempfile:c const tempfile_error *tempfile_last_error(void);
