package main

// tempfile_version returns the version of the library that was loaded. TEMPFILE_VERSION is the version of the header.
//
// Returns a constant string, such as "0.1.0", or "0.1.0+untested-go" for a build with a version of Go that was not
// tested. It never fails.
//
//tempfile:c const char *tempfile_version(void);

// tempfile_strerror describes an error code.
//
// code is the result of a function, or a positive errno.
//
// Returns a constant string in English, and "Unknown error" for a value that is not an errno. It never fails.
//
//tempfile:c const char *tempfile_strerror(int code);

// tempfile_last_error returns the detail of this thread's last failure. Every function sets the detail when it fails
// and clears it when it is called, except tempfile_version, tempfile_strerror, tempfile_last_error and the functions
// that return nothing.
//
// Returns the detail, never NULL. It belongs to the library, and is valid until this thread's next call that fails or
// clears it.
//
//tempfile:c const tempfile_error *tempfile_last_error(void);
