// Package publish gives a temporary file or directory its lasting name.
//
// It promises its caller: A reader of the name sees the whole old file or the whole new one, even if the process fails or
// is killed. A failure before the file has the name leaves the file, the target and all other names as they were. After a
// later failure Result.Published is true. With Sync the content and the name are durable when a call returns without an
// error. The published file is the one behind the descriptor, never another that has taken its name. Names are resolved in
// directories that are held open. Calls work on the calling thread.
//
// The target is the name that the file is to get. There are three ways to it, which job.attempt tries in this order:
//
//  1. The name is free: the open file is linked to it. That is one call, and no other name is ever seen.
//  2. The file gets a random name beside the target, the sibling, which is then renamed to the target. The sibling is made
//     by a link. Where open files cannot be linked, the old name of the file is renamed.
//  3. The file is copied to a new file beside the target, which then goes the first or the second way. This is for a file on
//     another file system, and for one that can have no name any more.
//
// An attacker who can write to the target's directory can do everything that a rename allows there, and no more. A name
// that was not made by this package is removed only if it has the device and inode of the file.
package publish
