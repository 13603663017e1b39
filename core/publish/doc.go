// Package publish gives a temporary file or directory its lasting name.
//
// It promises its caller: A reader of the name sees the whole old file or the whole new one, whatever fails or ends the
// process. A failure before the name is given leaves the file, the target and all other names as they were; for those after
// it there is Result.Published. With Sync all is durable when a call returns without an error. What is published is the
// file behind the descriptor, never another that has taken its name. Names are resolved in directories that are held open.
// Calls work on the calling thread.
//
// A file gets its name in one of three ways, which job.attempt tries in this order. Where nothing is to be replaced, the
// open file is linked to the name: one call, and no other name is ever seen. Else it gets a random name beside the target,
// the sibling, by a link or, where open files cannot be linked, by a rename of its old name; the sibling is renamed to the
// target. Where neither can be, because the file is on another file system or has lost its right to a name, it is copied to
// a new file beside the target, which then goes one of the first two ways.
//
// An attacker who can write to the target's directory can do what every rename allows there, and no more: a name that is not
// the file's own is removed only after its device and inode were compared.
package publish
