// Package recovery removes what killed processes left behind.
//
// A process that takes part writes a journal of the files and directories that it will remove: a record before each is made,
// its identity after, and a line through it when it is gone or not the process's to remove any more. It holds the journal by
// flock, and its children hold the same lock. So a journal that can be locked belongs to nobody alive. No age is ever looked
// at.
//
// It promises its caller: Only objects that a dead process's journal names are removed, and only if they are the user's and
// still are what was made: device, inode, type and time of birth agree. An object that was not identified, because its
// process died while making it, is removed only if its name was random and it is empty. Nothing is reached through a link.
// What a living process's journal names is not touched, nor a directory that holds such a thing, nor a directory that
// somebody holds by flock. A journal that another user owns or may write is not read. One whose process may still live, as
// far as can be known, is left alone, and so is one from another machine.
//
// All work is done by the calling thread, in steps.
package recovery
